"""Ctrl-C and SIGTERM: a command ends what it began before its process ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import click

from ..worker.operations.operation import Operation

Result = TypeVar("Result")
TERMINATED = 143


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

    def stop(self) -> None:
        """Abort what is watched: for Ctrl-C where it is a key and no signal."""
        if self._watched:
            self._watched[-1].abort()

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
