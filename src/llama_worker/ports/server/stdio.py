"""The port that a child process has: one JSON object per line on standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import stat
import sys
import threading
from collections.abc import AsyncIterator, Callable

from ...errors import InvalidMessageError, PortClosedError
from ...messages import ErrorMessage, Incoming, Outgoing
from ...worker.reporting import error_message
from ..codec import MAX_MESSAGE_BYTES, decode_request, encode
from ..lines import LineSplitter

_READ_SIZE = 65536
_UNWRITTEN_BYTES = 65536
_FLUSH_SECONDS = 5.0
_TOO_LONG = f"A line is longer than {MAX_MESSAGE_BYTES} bytes."


class StdioPort:
    """Messages over two file descriptors, which may be pipes, files, sockets or terminals.

    Two threads read and write: only they work with each of these on every platform, and a terminal that others use
    too must not be made non-blocking.
    """

    def __init__(self, input_fd: int, output_fd: int) -> None:
        self._reader = _Reader(input_fd)
        self._writer = _Writer(output_fd)

    async def send(self, message: Outgoing) -> None:
        """Hand over a line, and return when there is room for more. Raises PortClosedError when nobody reads."""
        await self._writer.write(encode(message) + b"\n")

    async def __aiter__(self) -> AsyncIterator[Incoming | ErrorMessage]:
        lines = LineSplitter()
        async for data in self._reader.chunks():
            for line in lines.feed(data):
                if message := _decode(line):
                    yield message
        for line in lines.end():
            if message := _decode(line):
                yield message

    async def close(self) -> None:
        """Write what was handed over, unless nobody reads it."""
        await self._writer.close()


def _decode(line: bytes | None) -> Incoming | ErrorMessage | None:
    """None for an empty line."""
    if line is None:
        return error_message(InvalidMessageError(_TOO_LONG))
    return decode_request(line) if line.strip() else None


class _Reader:
    """Reads one chunk ahead, so that a flood waits in the pipe and not in our memory."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = threading.Semaphore(2)
        threading.Thread(target=self._read, name="stdio reader", daemon=True).start()

    async def chunks(self) -> AsyncIterator[bytes]:
        while data := await self._chunks.get():
            self._room.release()
            yield data

    def _read(self) -> None:
        data = b"more"
        while data:
            self._room.acquire()
            try:
                data = os.read(self._fd, _READ_SIZE)
            except OSError:
                data = b""
            try:
                self._loop.call_soon_threadsafe(self._chunks.put_nowait, data)
            except RuntimeError:  # the loop has ended
                return


class _Writer:
    """Writes a short line at once where that takes no waiting, as the way to a thread and back takes longer than
    writing; else the thread writes everything that has come together in one go."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._takes_at_once = _taking_at_once(fd)
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._lines: list[bytes] = []
        self._unwritten = 0
        self._closing = False
        self._broken = False
        self._written = asyncio.Event()
        threading.Thread(target=self._run, name="stdio writer", daemon=True).start()

    async def write(self, line: bytes) -> None:
        if self._broken or self._closing:
            raise PortClosedError("Nobody reads the standard output any more.")
        with self._changed:
            if not self._unwritten and self._takes_at_once(line):
                return self._write(line)
            self._lines.append(line)
            self._unwritten += len(line)
            self._changed.notify()
        while self._unwritten > _UNWRITTEN_BYTES and not self._broken:
            self._written.clear()
            await self._written.wait()

    async def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify()
        while self._unwritten and not self._broken:
            self._written.clear()
            try:
                await asyncio.wait_for(self._written.wait(), _FLUSH_SECONDS)
            except TimeoutError:
                return  # somebody holds the pipe and does not read it

    def _run(self) -> None:
        while lines := self._next():
            self._write(b"".join(lines))
            self._count(sum(map(len, lines)))

    def _write(self, data: bytes) -> None:
        try:
            _write_all(self._fd, data)
        except OSError:
            self._broken = True

    def _next(self) -> list[bytes]:
        """What has come since the last time; nothing when nothing more will."""
        with self._changed:
            while not self._lines and not self._closing:
                self._changed.wait()
            lines, self._lines = self._lines, []
            return lines

    def _count(self, written: int) -> None:
        with self._changed:
            full = self._unwritten > _UNWRITTEN_BYTES
            self._unwritten -= written
        if full or self._closing or self._broken:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._written.set)


def _taking_at_once(fd: int) -> Callable[[bytes], bool]:
    """Tells whether all of a line can be written without waiting: when it is short, to a pipe or a socket that says so.
    Files and terminals always say so."""
    if sys.platform == "win32" or not _is_pipe(fd):
        return lambda line: False
    ready, most = select.poll(), select.PIPE_BUF
    ready.register(fd, select.POLLOUT)
    return lambda line: len(line) <= most and bool(ready.poll(0))


def _is_pipe(fd: int) -> bool:
    mode = os.fstat(fd).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
