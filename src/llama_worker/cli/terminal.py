"""What the commands share in front of a person: progress bars, figures, Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import click
import rich.progress
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from ..messages.events import Progress
from ..worker.model import Model
from ..worker.operations.operation import Operation
from ..worker.reply import Reply

Result = TypeVar("Result")
TERMINATED = 143

# Standard error, so that a redirected answer holds nothing but the answer.
console = Console(stderr=True)
stdout_console = Console()


class Interrupts:
    """Ctrl-C: aborts the operation that is being watched; without one it cancels the command.

    While the operation `thinks` in front of a person, the first one asks for the answer.
    """

    def __init__(self) -> None:
        self._watched: list[Operation[Any, Any]] = []
        self.terminated = False
        self.thinks = False

    @contextlib.contextmanager
    def stops(self, operation: Operation[Any, Any]) -> Iterator[None]:
        """Inside the block Ctrl-C aborts `operation`."""
        self._watched.append(operation)
        try:
            yield
        finally:
            self.thinks = False
            self._watched.remove(operation)

    def interrupt(self, command: asyncio.Task[Any]) -> None:
        if self._watched and self.thinks:
            self.thinks = False
            self._watched[-1].answer_now()
        elif self._watched:
            self._watched[-1].abort()
        else:
            command.cancel()

    def terminate(self, command: asyncio.Task[Any]) -> None:
        self.terminated = True
        command.cancel()


def run_async(command: Coroutine[Any, Any, Result], interrupts: Interrupts) -> Result:
    """Run a command's coroutine; Ctrl-C and SIGTERM let it clean up before the process ends."""
    try:
        return asyncio.run(_with_signals(command, interrupts))
    except asyncio.CancelledError:
        raise click.exceptions.Exit(TERMINATED if interrupts.terminated else 130) from None


async def _with_signals(command: Coroutine[Any, Any, Result], interrupts: Interrupts) -> Result:
    loop = asyncio.get_running_loop()
    task = loop.create_task(command)
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, interrupts.interrupt, task)
        loop.add_signal_handler(signal.SIGTERM, interrupts.terminate, task)
    return await task


async def watch_load(load: Operation[Model, Progress], name: str) -> Model:
    """Await a load behind a progress bar, which only a terminal gets."""
    return await watch(load, f"Loading {name}")


async def watch(operation: Operation[Result, Progress], what: str) -> Result:
    """Await an operation behind a progress bar that says what is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
    )
    with rich.progress.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task(what, total=1.0)
        async for progress in operation:
            bars.update(bar, completed=progress.value)
    return await operation


def print_figures(reply: Reply) -> None:
    """One line about the speed of an answer."""
    usage, timings = reply.usage, reply.timings
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    ended = {"abort": " · stopped", "length": " · cut at max tokens"}.get(reply.finish_reason, "")
    console.print(
        f"{usage.prompt_tokens} prompt tokens{cached} in {timings.prompt_seconds:.2f} s · "
        f"{usage.completion_tokens} tokens at {timings.tokens_per_second:.1f} tokens/s{ended}",
        style="dim",
        highlight=False,
    )
