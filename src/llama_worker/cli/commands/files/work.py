"""Work on files, from a terminal: its progress, and its end when somebody presses Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from ....messages.events import Processing
from ....worker.operations.operation import Operation
from ....worker.worker import LlamaWorker
from ...interrupts import Interrupts, run_async
from ...output.consoles import console

Result = TypeVar("Result")
Begin = Callable[[LlamaWorker], Operation[Result, Processing]]


def do_file_work(begin: Begin[Result], *, quiet: bool = False) -> Result:
    """The result of an operation of a worker; on a terminal with a bar. Raises what the operation raises."""
    return run_async(_followed(begin, quiet), Interrupts())


async def _followed(begin: Begin[Result], quiet: bool) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    shown = not quiet and console.is_terminal
    async with LlamaWorker() as worker:
        operation = begin(worker)
        with Progress(*columns, console=console.rich, disable=not shown, transient=True) as bars:
            bar = bars.add_task("", total=None)
            try:
                async for progress in operation:
                    done, total = progress.done_bytes, progress.total_bytes
                    bars.update(bar, description=progress.stage, completed=done, total=total)
                return await operation
            except asyncio.CancelledError:
                bars.stop()
                click.echo("Stopped. What is written stays, and the next attempt goes on there.", err=True)
                raise
