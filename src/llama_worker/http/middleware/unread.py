"""What a refused request has yet to send: a connection that is closed before that is reset, and the answer lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST_BYTES = 1 << 20
_SECONDS = 5.0
_TOO_LARGE = 413


class UnreadMiddleware:
    """Reads it before a refusal is sent, as far as it is not much."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        body = _Body(scope, receive)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and 400 <= message["status"] != _TOO_LARGE:
                await body.finish()
            await send(message)

        await self._app(scope, body.receive, sent)


class _Body:
    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        self._receive = receive
        self._is_coming = b"expect" not in headers and (length.isdigit() or b"transfer-encoding" in headers)
        self._left = _MOST_BYTES if not length.isdigit() or int(length) <= _MOST_BYTES else 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._is_coming = self._is_coming and message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def finish(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS):
                while self._is_coming and self._left > 0:
                    self._left -= len((await self.receive()).get("body", b"")) + 1
