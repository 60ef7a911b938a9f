"""Refuses what pages of other origins send: they may neither change anything nor open the WebSocket."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from ..problems import Problem

_HARMLESS = frozenset({"GET", "HEAD"})


class OriginMiddleware:
    """Checks the Origin header where there is one; programs that are no browsers send none."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = {origin.rstrip("/").lower() for origin in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] not in _HARMLESS):
            self._check(scope)
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if origin and origin not in self._allowed and not _is_own(origin, headers.get(b"host", b"")):
            raise Problem(403, "Pages of other origins may not use this server.", code="origin_not_allowed")


def _is_own(origin: str, host: bytes) -> bool:
    """The scheme may differ: a proxy in front may add TLS."""
    try:
        return urlsplit(origin).netloc == host.decode("latin-1").lower()
    except ValueError:
        return False
