"""The client's end of `llama-worker stdio`: a worker in a child process."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence

from ...engine.process.frozen import is_packed
from ...errors import InvalidOptionsError, PortClosedError
from ...messages import Incoming, Outgoing
from ..codec import decode_answer, encode
from ..lines import LineSplitter
from ..port import ClientPort
from .child import Child

COMMAND = (sys.executable, "-P", "-m", "llama_worker", "stdio")
_GRACE = 10.0


def stdio_port(command: Sequence[str] = COMMAND, *, environment: Mapping[str, str] | None = None) -> ClientPort:
    """A port to a worker in a child process, which starts with the first request and ends with `close`.

    `command`: default this Python's `llama-worker stdio`; over ssh or in a container is as good. `environment`:
    default this process's. The child's standard error is this process's. A program that is packed into an executable
    has no Python to start and must name the command: InvalidOptionsError.
    """
    if command is COMMAND and is_packed():
        raise InvalidOptionsError("A packed program must say which command starts the worker.", path="command")
    return ChildPort(command, environment)


class ChildPort:
    """See `stdio_port`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None) -> None:
        self._command = tuple(command)
        self._environment = environment
        self._starting: asyncio.Task[Child] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        child = self._started()
        return child.pid if child else None

    async def send(self, message: Incoming) -> None:
        """Write a line, and return when there is room for more; raises PortClosedError when the child has ended."""
        child = await self._child()
        try:
            await child.write(encode(message) + b"\n")
        except PortClosedError:
            self._forget(child)
            raise

    async def __aiter__(self) -> AsyncIterator[Outgoing]:
        child = await self._child()
        lines = LineSplitter()
        async for data in child.output():
            for line in lines.feed(data):
                if line:
                    yield decode_answer(line)
        self._forget(child)
        await child.end(_GRACE)

    async def close(self) -> None:
        """End the child's input and wait for its end; it is killed when it takes longer than 10 seconds."""
        starting, self._starting = self._starting, None
        if starting is not None:
            with contextlib.suppress(PortClosedError):
                await (await starting).end(_GRACE)

    def abandon(self) -> None:
        """As `close`, for when the event loop is gone in which it was opened."""
        if child := self._started():
            child.abandon()
        self._starting = None

    async def _child(self) -> Child:
        """The child; a new one when there is none."""
        if self._starting is None or _has_failed(self._starting):
            self._starting = asyncio.create_task(self._start())
        return await asyncio.shield(self._starting)

    async def _start(self) -> Child:
        try:
            return await Child.start(self._command, self._environment)
        except OSError as error:
            raise PortClosedError(f"The worker's process cannot be started: {error}.") from error

    def _started(self) -> Child | None:
        starting = self._starting
        return starting.result() if starting and starting.done() and not _has_failed(starting) else None

    def _forget(self, child: Child) -> None:
        """A request may have started another one by now."""
        if self._started() is child:
            self._starting = None


def _has_failed(starting: asyncio.Task[Child]) -> bool:
    """Whether the child could not be started."""
    return starting.done() and (starting.cancelled() or starting.exception() is not None)
