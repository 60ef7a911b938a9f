"""The connections of a server: how many there may be, and which of them take nothing of what is written to them."""

from __future__ import annotations

import asyncio
import socket

_UNSENT_BYTES = 16 * 1024


class Connections:
    """Those that may be closed for others because no request is being answered on them, idle for longest first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: set[asyncio.Transport] = set()
        self._idle: dict[asyncio.Transport, None] = {}

    def add(self, transport: asyncio.Transport) -> bool:
        """A new connection, idle; another one makes room for it. False when all are busy."""
        self._open.add(transport)
        self._idle[transport] = None
        if len(self._open) > self._limit:
            oldest = next(iter(self._idle))
            self.remove(oldest)
            if oldest is transport:
                return False
            oldest.abort()
        return True

    def busy(self, transport: asyncio.Transport) -> None:
        self._idle.pop(transport, None)

    def idle(self, transport: asyncio.Transport) -> None:
        """From now on."""
        self._idle.pop(transport, None)
        if transport in self._open:
            self._idle[transport] = None

    def remove(self, transport: asyncio.Transport) -> None:
        self._open.discard(transport)
        self._idle.pop(transport, None)


class WriteWatch:
    """Drops a connection whose client takes nothing for some seconds of what waits to be sent; who is slow may stay.

    Without it a connection would stay that is closed on our side, and whose rest nobody fetches.
    """

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._unsent = 0
        self._timer: asyncio.TimerHandle | None = None
        transport.set_write_buffer_limits(high=0)  # so that `pause` comes with the first byte that has to wait
        _bound_unsent(transport.get_extra_info("socket"))

    def pause(self) -> None:
        """Something has to wait."""
        self._unsent = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def resume(self) -> None:
        """Nothing has to wait, or somebody else watches."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        before = self._unsent
        self.pause()
        if self._unsent >= before:
            self.resume()
            self._transport.abort()


def _bound_unsent(connection: socket.socket | None) -> None:
    """Let the kernel take little in advance: else it keeps megabytes for each client, and what it takes of us says
    nothing of what the client has read. Linux has this, and macOS."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None and connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, option, _UNSENT_BYTES)
