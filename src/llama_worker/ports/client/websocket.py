"""The client's end of a WebSocket port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp

from ...errors import PortClosedError
from ...messages import Incoming, Outgoing
from ..codec import MAX_MESSAGE_BYTES, decode_answer, encode
from ..port import ClientPort


def websocket_port(url: str, *, api_key: str | None = None) -> ClientPort:
    """A port to a worker behind a WebSocket (`ws://` or `wss://`), which is opened with the first request.

    `api_key` is sent as a bearer token.
    """
    return WebSocketPort(url, api_key)


class WebSocketPort:
    """See `websocket_port`."""

    def __init__(self, url: str, api_key: str | None) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._opening: asyncio.Task[aiohttp.ClientWebSocketResponse] | None = None
        self._session: aiohttp.ClientSession | None = None

    async def send(self, message: Incoming) -> None:
        """Send a frame; raises PortClosedError when the other end cannot be reached or has left."""
        connection = await self._socket()
        try:
            await connection.send_str(encode(message).decode())
        except (aiohttp.ClientError, ConnectionError) as error:
            raise PortClosedError("The connection to the worker was closed.") from error

    async def __aiter__(self) -> AsyncIterator[Outgoing]:
        connection = await self._socket()
        async for frame in connection:
            if frame.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                yield decode_answer(frame.data)
        await self.close()

    async def close(self) -> None:
        """Close the connection; harmless when it is closed."""
        opening, self._opening = self._opening, None
        session, self._session = self._session, None
        if opening is not None:
            await asyncio.wait([opening])
            if not opening.cancelled() and opening.exception() is None:
                await opening.result().close()
        if session is not None:
            await session.close()

    def abandon(self) -> None:
        """As `close`, for when the event loop is gone in which it was opened."""
        opening, self._opening = self._opening, None
        session, self._session = self._session, None
        opened = opening.result() if opening and opening.done() and not _has_ended(opening) else None
        if opened and (connection := opened.get_extra_info("socket")):
            connection.shutdown(socket.SHUT_RDWR)
        if session is not None:
            session.detach()

    async def _socket(self) -> aiohttp.ClientWebSocketResponse:
        """The open connection; a new one when there is none, or none any more."""
        if self._opening is None or _has_ended(self._opening):
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        if self._session is not None:
            await self._session.close()
        self._session = session = aiohttp.ClientSession(headers=self._headers)
        try:
            return await session.ws_connect(self._url, max_msg_size=MAX_MESSAGE_BYTES)
        except (aiohttp.ClientError, OSError) as error:
            await session.close()
            raise PortClosedError(f"The worker at {self._url} cannot be reached: {error}.") from error


def _has_ended(opening: asyncio.Task[aiohttp.ClientWebSocketResponse]) -> bool:
    """Whether the connection could not be opened, or was closed."""
    if not opening.done():
        return False
    return opening.cancelled() or opening.exception() is not None or opening.result().closed
