"""How much all request bodies take together."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..problems import Problem


class BodiesMiddleware:
    """Counts what requests have sent until they are answered, and refuses with 503 what would be more than `limit`."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        own = 0

        async def counted() -> Message:
            nonlocal own
            message = await receive()
            size = len(message.get("body", b""))
            if self._held + size > self._limit:
                raise _too_much()
            own += size
            self._held += size
            return message

        try:
            await self._app(scope, counted, send)
        finally:
            self._held -= own


def _too_much() -> Problem:
    message = "The requests that are being answered have sent too much together: try again later."
    return Problem(503, message, code="queue_full", headers={"Retry-After": "1", "Connection": "close"})
