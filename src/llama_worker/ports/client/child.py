"""A child process whose end is noticed when it ends, whoever else holds its output open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Self, cast

from ...errors import PortClosedError

_READ_SIZE = 65536
_LAST_WORDS_SECONDS = 0.5


class Child(asyncio.SubprocessProtocol):
    """asyncio's own `Process` waits for the end of its pipes, which the child's children may keep for ever."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._owner = os.getpid()
        self._transport: asyncio.SubprocessTransport | None = None
        self._output = asyncio.StreamReader()
        self._output_ended = False
        self._last_words: asyncio.TimerHandle | None = None
        self._exited = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._unwritten: list[bytes] = []

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str] | None) -> Self:
        """Raises OSError."""
        pipe = asyncio.subprocess.PIPE
        env = dict(environment) if environment else None
        loop = asyncio.get_running_loop()
        _, child = await loop.subprocess_exec(cls, *command, stdin=pipe, stdout=pipe, stderr=None, env=env)
        return child

    @property
    def pid(self) -> int:
        assert self._transport is not None
        return self._transport.get_pid()

    @property
    def ended(self) -> bool:
        """Whether it has, or reads nothing any more."""
        return self._exited.is_set() or self._input.is_closing()

    async def write(self, data: bytes) -> None:
        """Write, and return when there is room for more. Raises `PortClosedError` when the child has ended.

        What is written in one go of the event loop arrives in one: what ends a request, or hurries it, with its asking.
        """
        if not self.ended:
            if not self._unwritten:
                self._loop.call_soon(self._flush)
            self._unwritten.append(data)
            await self._writable.wait()
        if self.ended:
            raise PortClosedError("The worker's process has ended.")

    async def output(self) -> AsyncIterator[bytes]:
        """What the child writes, until it has ended."""
        while data := await self._output.read(_READ_SIZE):
            yield data

    async def end(self, grace: float) -> None:
        """End its input, and kill it when it has not ended some seconds later. A cancel tells it to end at once."""
        self._flush()
        self._input.close()
        try:
            await self._wait_or_kill(grace)
        except asyncio.CancelledError:
            self.abandon()
            await self._wait_or_kill(grace)
            raise
        finally:
            assert self._transport is not None
            self._transport.close()

    def _flush(self) -> None:
        data, self._unwritten = b"".join(self._unwritten), []
        if data and not self.ended:
            self._input.write(data)

    async def _wait_or_kill(self, grace: float) -> None:
        try:
            await asyncio.wait_for(self._exited.wait(), grace)
        except TimeoutError:
            assert self._transport is not None
            with contextlib.suppress(ProcessLookupError):
                self._transport.kill()
            await self._exited.wait()

    def abandon(self) -> None:
        """Tell it to end, from outside of its event loop, which is gone. A forked child leaves its parent's alone."""
        if os.getpid() == self._owner and not self._exited.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    @property
    def _input(self) -> asyncio.WriteTransport:
        assert self._transport is not None
        return cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)
        if output := self._transport.get_pipe_transport(1):
            self._output.set_transport(output)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if not self._output_ended:
            self._output.feed_data(data)
        if self._exited.is_set():
            self._await_last_words()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._end_output()
        else:
            self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def process_exited(self) -> None:
        self._exited.set()
        self._writable.set()
        self._await_last_words()

    def _await_last_words(self) -> None:
        """What it wrote may still be in the pipe."""
        if self._last_words:
            self._last_words.cancel()
        self._last_words = self._loop.call_later(_LAST_WORDS_SECONDS, self._end_output)

    def _end_output(self) -> None:
        if self._last_words:
            self._last_words.cancel()
        if not self._output_ended:
            self._output_ended = True
            self._output.feed_eof()
