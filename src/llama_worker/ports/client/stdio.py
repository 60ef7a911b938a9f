"""The client's end of `llama-worker stdio`: a worker in a child process."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence

from ...errors import InvalidOptionsError, PortClosedError
from ...messages import Incoming, Outgoing
from ..codec import decode_answer, encode
from ..lines import LineSplitter
from ..port import ClientPort

COMMAND = (sys.executable, "-P", "-m", "llama_worker", "stdio")
_READ_SIZE = 65536
_GRACE = 10.0


def stdio_port(command: Sequence[str] = COMMAND, *, environment: Mapping[str, str] | None = None) -> ClientPort:
    """A port to a worker in a child process, which starts with the first request and ends with `close`.

    `command`: default this Python's `llama-worker stdio`; over ssh or in a container is as good. `environment`:
    default this process's. The child's standard error is this process's. A program that is packed into an executable
    has no Python to start and must name the command: InvalidOptionsError.
    """
    if command is COMMAND and getattr(sys, "frozen", False):
        raise InvalidOptionsError("A packed program must say which command starts the worker.", path="command")
    return ChildPort(command, environment)


class ChildPort:
    """See `stdio_port`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None) -> None:
        self._command = tuple(command)
        self._environment = environment
        self._starting: asyncio.Task[asyncio.subprocess.Process] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        started = self._starting is not None and self._starting.done() and not self._starting.exception()
        return self._starting.result().pid if started and self._starting else None

    async def send(self, message: Incoming) -> None:
        """Write a line, and return when there is room for more; raises PortClosedError when the child has ended."""
        process = await self._process()
        assert process.stdin is not None
        try:
            process.stdin.write(encode(message) + b"\n")
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise PortClosedError("The worker's process has ended.") from error

    async def __aiter__(self) -> AsyncIterator[Outgoing]:
        process = await self._process()
        starting = self._starting
        assert process.stdout is not None
        lines = LineSplitter()
        while data := await process.stdout.read(_READ_SIZE):
            for line in lines.feed(data):
                if line:
                    yield decode_answer(line)
        if self._starting is starting:  # a request may have started another child before this one's output ended
            self._starting = None
        await self._end(process)

    async def close(self) -> None:
        """End the child's input and wait for its end; it is killed when it takes longer than 10 seconds."""
        starting, self._starting = self._starting, None
        if starting is not None:
            with contextlib.suppress(PortClosedError):
                await self._end(await starting)

    async def _process(self) -> asyncio.subprocess.Process:
        """The child; a new one when there is none, or none any more."""
        if self._starting is None or _has_ended(self._starting):
            self._starting = asyncio.create_task(self._start())
        return await asyncio.shield(self._starting)

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, env=dict(self._environment) if self._environment else None
            )
        except OSError as error:
            raise PortClosedError(f"The worker's process cannot be started: {error}.") from error

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _GRACE)
        except TimeoutError:
            process.kill()
            await process.wait()


def _has_ended(starting: asyncio.Task[asyncio.subprocess.Process]) -> bool:
    """Whether the child could not be started, or has ended."""
    if not starting.done():
        return False
    return starting.cancelled() or starting.exception() is not None or starting.result().returncode is not None
