"""The port for browsers and other machines: one JSON object per WebSocket text frame, as an ASGI endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from ...errors import PortClosedError
from ...messages import ErrorMessage, Incoming, Outgoing
from ...worker.worker import LlamaWorker
from ..codec import decode_request, encode
from .connection import Connection

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_REFUSED = 1008


class WebSocketEndpoint:
    """An ASGI application that serves `worker` to each WebSocket, all at once; mount it where you like.

    The worker is shared: a connection begins with the newest model, has sessions of its own, and when it ends, what
    it asked for is aborted. `allow(scope)` says whether a connection may begin (default: all may, so ask for a key in
    front of this). `send_timeout`: seconds that a client may read nothing before it is dropped (default 60).
    `download_from`: where a client may have models downloaded from, as in `ServerOptions` (default: the hub).
    """

    def __init__(
        self,
        worker: LlamaWorker,
        *,
        allow: Callable[[Scope], bool] = lambda _: True,
        send_timeout: float = 60.0,
        download_from: Sequence[str] = ("hub",),
    ) -> None:
        self._worker = worker
        self._download_from = download_from
        self._allow = allow
        self._send_timeout = send_timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            raise RuntimeError("WebSocketEndpoint answers WebSocket requests only.")
        await receive()  # websocket.connect
        if not self._allow(scope):
            return await send({"type": "websocket.close", "code": _REFUSED})
        await send({"type": "websocket.accept"})
        port = _AsgiPort(receive, send, self._send_timeout)
        return await Connection(self._worker, port, shared=True, download_from=self._download_from).serve()


class _AsgiPort:
    """One WebSocket."""

    def __init__(self, receive: Receive, send: Send, timeout: float) -> None:
        self._receive = receive
        self._send = send
        self._timeout = timeout
        self._sending = asyncio.Lock()
        self._closed = False
        self._dropped = asyncio.Event()

    async def send(self, message: Outgoing) -> None:
        """Send, and return when there is room for more. Raises PortClosedError when the client has left."""
        text = encode(message).decode()
        async with self._sending:
            if self._closed:
                raise PortClosedError("The client has left.")
            try:
                async with asyncio.timeout(self._timeout):
                    await self._send({"type": "websocket.send", "text": text})
            except (OSError, RuntimeError) as error:  # TimeoutError is an OSError
                self._closed = True
                self._dropped.set()
                raise PortClosedError("The client has left, or reads nothing.") from error

    async def __aiter__(self) -> AsyncIterator[Incoming | ErrorMessage]:
        dropped = asyncio.ensure_future(self._dropped.wait())
        try:
            while event := await self._next(dropped):
                text = event.get("text")
                yield decode_request(text if text is not None else event.get("bytes") or b"")
        finally:
            dropped.cancel()

    async def _next(self, dropped: asyncio.Future[Any]) -> MutableMapping[str, Any] | None:
        """What comes next, None when nothing will: servers tell of a client that reads nothing only when it leaves."""
        received = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait([received, dropped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            received.cancel()
        event = received.result() if received.done() else None
        if self._closed or event is None or event["type"] == "websocket.disconnect":
            self._closed = True
            return None
        return event

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close"})
