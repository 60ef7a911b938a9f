"""What of an answer has been generated and not read yet, bounded in bytes: the model does not wait for readers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from ..errors import SlowReaderError
from ..options.server import ServerOptions
from ..worker.operations.stream import Waiters
from .disconnect import cancel_all

_PIECE_BYTES = 8192
"""Sent at a time: a reader who takes as much has made progress."""


class SendBuffers:
    """The send buffers of a server: each may hold `send_buffer_bytes`, all together `total_send_buffer_bytes`."""

    def __init__(self, options: ServerOptions) -> None:
        self.options = options
        self._open = 0

    @property
    def limit(self) -> int:
        """Bytes that one buffer may hold now."""
        return min(self.options.send_buffer_bytes, self.options.total_send_buffer_bytes // max(self._open, 1))

    @asynccontextmanager
    async def filled(self, fill: Callable[[SendBuffer], Awaitable[None]]) -> AsyncIterator[AsyncIterator[bytes]]:
        """What `fill` writes, then its error, if any. It runs meanwhile, and is cancelled when the block is left."""
        buffer = SendBuffer(self)
        self._open += 1
        filling = asyncio.ensure_future(fill(buffer))
        filling.add_done_callback(buffer.end)
        try:
            yield buffer.pieces(filling)
        finally:
            self._open -= 1
            await cancel_all(filling)


class SendBuffer:
    """Between the model, which writes whole events, and a connection that takes them as fast as its client reads."""

    def __init__(self, shared: SendBuffers) -> None:
        self._shared = shared
        self._unread = bytearray()
        self._taken_at = 0.0
        self._ended = False
        self._waiters = Waiters()

    async def write(self, data: bytes, others_wait: Callable[[], bool]) -> None:
        """Add `data`, and return when there is room for more.

        Raises `SlowReaderError` when the reader takes nothing for `write_timeout` seconds, and while `others_wait` for
        `busy_write_timeout`.
        """
        if not self._unread:
            self._taken_at = time.monotonic()
        self._unread += data
        self._waiters.wake()
        while len(self._unread) > self._shared.limit:
            await self._wait_for_reader(others_wait)

    async def _wait_for_reader(self, others_wait: Callable[[], bool]) -> None:
        """Look now and then whether others wait by now."""
        options = self._shared.options
        patience = options.busy_write_timeout if others_wait() else options.write_timeout
        left = self._taken_at + patience - time.monotonic()
        if left <= 0:
            raise SlowReaderError(
                f"The answer was ended: {len(self._unread)} bytes of it were waiting to be read and for {patience:g} s "
                "none was taken."
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(min(left, options.busy_write_timeout)):
                await self._waiters.wait()

    def end(self, _: object) -> None:
        """No more will be written."""
        self._ended = True
        self._waiters.wake()

    async def pieces(self, filling: asyncio.Future[None]) -> AsyncIterator[bytes]:
        """What was written, then the error that `filling` ended with, if any."""
        while True:
            while not self._unread and not self._ended:
                await self._waiters.wait()
            if not self._unread:
                break
            yield self._take()
        filling.result()

    def _take(self) -> bytes:
        self._taken_at = time.monotonic()
        piece = bytes(memoryview(self._unread)[:_PIECE_BYTES])
        del self._unread[:_PIECE_BYTES]
        self._waiters.wake()
        return piece
