"""A message port that outlives its connection: a page that reloads, or loses the network, goes on where it was."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from starlette.websockets import WebSocket, WebSocketDisconnect

from ..errors import PortClosedError
from ..messages import ErrorMessage, Incoming, Outgoing
from ..ports.codec import decode_request, encode
from .disconnect import cancel_all

_UNREAD_MESSAGES = 256
_KEPT_MESSAGES = 20_000
_KEPT_CHARACTERS = 16 * 2**20


class ResumablePort:
    """The worker's end of a port whose messages are numbered and kept for a while.

    While a socket is attached a slow reader slows whoever talks to it, and one who reads nothing for `write_timeout`
    seconds loses the socket. Without one the newest 20,000 messages wait, or as many as have 16 million characters.
    """

    def __init__(self, write_timeout: float = 60.0) -> None:
        self._write_timeout = write_timeout
        self._kept: deque[str] = deque()
        self._kept_characters = 0
        self._sent = 0
        self._cursor: int | None = None
        self._incoming: asyncio.Queue[Incoming | ErrorMessage | None] = asyncio.Queue(_UNREAD_MESSAGES)
        self._changed = asyncio.Event()
        self._closed = False
        self._attached: asyncio.Task[None] | None = None

    @property
    def attached(self) -> bool:
        return self._cursor is not None

    async def send(self, message: Outgoing) -> None:
        """Keep a message for the socket; wait while that is too far behind. Raises `PortClosedError`."""
        if self._closed:
            raise PortClosedError("The client has left.")
        self._keep(encode(message).decode())
        self._wake()
        while self._cursor is not None and self._sent - self._cursor > _UNREAD_MESSAGES and not self._closed:
            await self._change()

    def _keep(self, text: str) -> None:
        self._kept.append(text)
        self._kept_characters += len(text)
        self._sent += 1
        while len(self._kept) > _KEPT_MESSAGES or self._kept_characters > _KEPT_CHARACTERS:
            if self._cursor is not None and self._cursor <= self._sent - len(self._kept):
                break  # it is on its way to the client
            self._kept_characters -= len(self._kept.popleft())

    async def __aiter__(self) -> AsyncIterator[Incoming | ErrorMessage]:
        while (message := await self._incoming.get()) is not None:
            yield message

    async def close(self) -> None:
        """End the port for good."""
        self._closed = True
        self._wake()
        while not self._incoming.empty():
            self._incoming.get_nowait()
        self._incoming.put_nowait(None)

    async def attach(self, socket: WebSocket, start: int | None) -> None:
        """Send from message number `start` (None: what is new) and take what comes, until the socket ends.

        A second socket takes the place of the first.
        """
        if self._attached:
            self._attached.cancel()
        self._cursor = self._sent if start is None else min(max(start, self._sent - len(self._kept)), self._sent)
        pump = self._attached = asyncio.create_task(self._pump(socket, self._cursor))
        reading = asyncio.create_task(self._read(socket))
        try:
            await asyncio.wait({pump, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel_all(pump, reading)
            if self._attached is pump:
                self._attached = self._cursor = None
                self._wake()

    async def _pump(self, socket: WebSocket, cursor: int) -> None:
        try:
            while not self._closed:
                while cursor < self._sent:
                    oldest = self._sent - len(self._kept)
                    text = self._kept[max(cursor, oldest) - oldest]
                    async with asyncio.timeout(self._write_timeout):
                        await socket.send_text(text)
                    cursor += 1
                    self._cursor = cursor
                    self._wake()
                await self._change()
            await socket.close()
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            pass  # it has left, or reads nothing

    async def _read(self, socket: WebSocket) -> None:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            data = message.get("text") or message.get("bytes") or b""
            await self._incoming.put(decode_request(data))

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()
