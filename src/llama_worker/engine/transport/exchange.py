"""One request and its answer, read from a connection that carries nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .body import Body, MalformedAnswer
from .head import split_head

_MOST_UNREAD = 1 << 18
_WRITTEN_AT_ONCE = 1 << 18
# asyncio's own buffer has 256 KiB and is made anew for each read: 15 microseconds in place of 3, until a program has
# freed a block as large and glibc keeps such ones at hand.
_READ_AT_ONCE = 1 << 16
_COMMENT = b":"


class EngineConnectionLost(Exception):
    """The connection broke or stayed silent for too long; whoever owns the process knows why."""


class Exchange(asyncio.BufferedProtocol):
    """The answer's `status` is there after `begun`; its body comes from `read`, or goes where `pass_on` is told. All of
    them raise `EngineConnectionLost`.

    An engine that lets a reader wait for `stall_timeout` seconds is given up. Keep-alive comments come from another
    thread of it and prove nothing; while nobody waits it is the reader who is slow. What nobody reads stays in the
    socket.
    """

    status: int

    def __init__(self, stall_timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._stall_timeout = stall_timeout
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._body: Body | None = None
        self._unread = b""
        self._paused = False
        self._lost: EngineConnectionLost | None = None
        self._buffer = memoryview(bytearray(_READ_AT_ONCE))
        self._waiter: asyncio.Future[bool] | None = None
        self._take: Callable[[bytes], bool] | None = None
        self._since = self._loop.time()
        self._proven = True
        self._writable = asyncio.Event()
        self._writable.set()
        self._watchdog = self._loop.call_later(stall_timeout, self._look)

    @property
    def whole(self) -> bool:
        """Whether all of the answer has come, and was read."""
        return self._body is not None and self._body.ended and not self._unread

    async def send(self, head: bytes, body: bytes) -> None:
        """Send a request; a large body in parts, as the engine takes them."""
        assert self._transport is not None
        self._transport.write(head + body[:_WRITTEN_AT_ONCE])
        for start in range(_WRITTEN_AT_ONCE, len(body), _WRITTEN_AT_ONCE):
            await self._writable.wait()
            if self._lost or self._body:
                return  # it has heard enough
            self._transport.write(body[start : start + _WRITTEN_AT_ONCE])

    async def begun(self) -> None:
        """Return when the answer's head is there."""
        while self._body is None:
            await self._more()

    async def read(self) -> bytes:
        """What has come since the last time, when there is anything; nothing at the end."""
        while not self._unread:
            if self.whole:
                return b""
            await self._more()
        data, self._unread = self._unread, b""
        self._proven = not data.startswith(_COMMENT)
        if self._paused:
            self._resume()
        return data

    async def pass_on(self, take: Callable[[bytes], bool]) -> bool:
        """Give `take` what comes, in the moment in which it comes: True as soon as that returns True, False at the end.
        Raises what `take` raises."""
        while not self.whole:
            if self._unread:
                if take(await self.read()):
                    return True
                continue
            self._take = take
            try:
                if await self._more():
                    return True
            finally:
                self._take = None
        return False

    def close(self, reason: str = "the connection was closed") -> None:
        """End the connection at once; who still waits is told."""
        self._watchdog.cancel()
        if self._transport:
            self._transport.abort()
        self._lose(reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._buffer[:nbytes])
        try:
            if self._body is None:
                data = self._begin(data)
            if self._body is not None:
                data = self._body.feed(data)
        except MalformedAnswer as error:
            self.close(str(error))
            return
        if data and self._take and self._waiter and not self._waiter.done():
            self._give(data, self._take)
        else:
            self._keep(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watchdog.cancel()
        if self._body is not None and self._body.may_end_here():
            self._body.ended = True
        self._lose(str(exc) if exc else "the answer broke off")

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _begin(self, data: bytes) -> bytes:
        """Read the head; gives what there is of the body."""
        self._head += data
        if parted := split_head(self._head):
            self._head = b""
            head, data = parted
            self.status, self._body = head.status, head.body
            return data
        return b""

    def _give(self, data: bytes, take: Callable[[bytes], bool]) -> None:
        """Whoever has it passed on is woken only when that was enough, or the end."""
        if not data.startswith(_COMMENT):
            self._since = self._loop.time()
        try:
            enough = take(data)
        except Exception as error:
            self._wake(error=error)
        else:
            if enough or self.whole:
                self._wake(enough)

    def _keep(self, data: bytes) -> None:
        """For whoever reads; when that is much, the rest stays in the socket."""
        self._unread += data
        if len(self._unread) > _MOST_UNREAD and not self._paused and self._transport:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def _more(self) -> asyncio.Future[bool]:
        """Done when something has come, or was passed on and that was enough, which is its result. Raises what the
        connection was lost for."""
        if self._lost:
            raise self._lost
        if self._proven:
            self._since = self._loop.time()
        self._proven = True
        self._waiter = self._loop.create_future()
        return self._waiter

    def _resume(self) -> None:
        assert self._transport is not None
        self._paused = False
        self._transport.resume_reading()

    def _wake(self, enough: bool = False, *, error: Exception | None = None) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(error) if error else waiter.set_result(enough)

    def _lose(self, reason: str) -> None:
        self._lost = self._lost or EngineConnectionLost(reason)
        self._writable.set()
        self._wake()

    def _look(self) -> None:
        """One timer for the whole answer, which is set again while there is no reason to give up."""
        silent = self._loop.time() - self._since if self._waiter else 0.0
        if silent >= self._stall_timeout:
            self.close(f"silent for {self._stall_timeout:g} s")
        else:
            self._watchdog = self._loop.call_later(self._stall_timeout - silent, self._look)
