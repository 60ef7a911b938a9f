"""Asks for the API key everywhere but on a listed few routes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie

from starlette.types import ASGIApp, Receive, Scope, Send

from ..problems import Problem

COOKIE = "llama_worker_session"


class Keys:
    """The API key, kept as a digest, and the sessions of browsers that have shown it.

    A browser cannot put a header on a WebSocket, and a key in a page's memory is a key in every script of it: so it
    shows the key once and then has a cookie that only this server can read.
    """

    def __init__(self, api_key: str | None) -> None:
        self._digest = _digest(api_key) if api_key else None
        self._sessions: set[str] = set()

    @property
    def required(self) -> bool:
        return self._digest is not None

    def matches(self, given: str) -> bool:
        """Compares digests, in a time that tells nothing of the key."""
        return self._digest is None or hmac.compare_digest(_digest(given), self._digest)

    def open_session(self) -> str:
        token = secrets.token_urlsafe(32)
        self._sessions.add(_digest(token).hex())
        return token

    def admits(self, scope: Scope) -> bool:
        """Whether the request shows the key or the cookie of a session."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        scheme, _, token = headers.get(b"authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.matches(token.strip()):
            return True
        if b"x-api-key" in headers and self.matches(headers[b"x-api-key"]):
            return True
        return _digest(_cookie(headers.get(b"cookie", ""))).hex() in self._sessions


class KeyMiddleware:
    """Refuses with 401 what shows no key. `public` are the paths that anybody may fetch."""

    def __init__(self, app: ASGIApp, keys: Keys, public: Collection[str]) -> None:
        self._app = app
        self._keys = keys
        self._public = frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._admits(scope):
            headers = {"WWW-Authenticate": "Bearer"}
            raise Problem(401, "A valid API key is required.", code="invalid_api_key", headers=headers)
        await self._app(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        return not self._keys.required or self._is_public(scope) or self._keys.admits(scope)

    def _is_public(self, scope: Scope) -> bool:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return scope["type"] == "http" and (path in self._public or path.startswith("/page/"))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _cookie(header: str) -> str:
    try:
        cookie = SimpleCookie(header)
    except CookieError:
        return ""
    return cookie[COOKIE].value if COOKIE in cookie else ""
