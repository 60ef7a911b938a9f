"""The page's files, and the door for browsers where there is a key."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Annotated

from msgspec import Meta, Struct
from starlette.types import Receive, Scope, Send

from ...options.server import ServerOptions
from ..answers import send_json
from ..bodies import checked, read_json
from ..middleware.key import COOKIE, Keys
from ..problems import Problem

_KINDS = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
}
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    b"trusted-types 'none'"
)


class PageRoute:
    """Serves what lies in `page/`, read once; nothing else can be asked for."""

    def __init__(self) -> None:
        folder = files("llama_worker.http") / "page"
        self._files = {file.name: file.read_bytes() for file in folder.iterdir() if _kind(file.name)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path_params"].get("name") or "index.html"
        body = self._files.get(name)
        if body is None:
            raise Problem(404, "The page has no such file.", code="not_found")
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'.encode()
        fresh = (b"if-none-match", tag) in scope["headers"]
        headers = [
            (b"content-type", _kind(name) or b""),
            (b"content-security-policy", _POLICY),
            (b"cache-control", b"no-cache"),
            (b"etag", tag),
        ]
        if not fresh:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if fresh else body})


def _kind(name: str) -> bytes | None:
    return _KINDS.get(PurePosixPath(name).suffix)


class LoginRequest(Struct):
    """The API key, shown once."""

    key: Annotated[str, Meta(max_length=1000)]


class LoginRoute:
    """Gives a browser that shows the key a cookie; without one GET tells whether it needs any."""

    def __init__(self, keys: Keys, options: ServerOptions) -> None:
        self._keys = keys
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            return await send_json(send, {"needed": self._keys.required and not self._keys.admits(scope)})
        request = checked(await read_json(scope, receive, self._options), LoginRequest)
        if not self._keys.matches(request.key):
            raise Problem(401, "That is not the API key.", code="invalid_api_key")
        cookie = _cookie(self._keys.open_session(), scope)
        return await send_json(send, {"needed": False}, headers={"Set-Cookie": cookie})


def _cookie(token: str, scope: Scope) -> str:
    return f"{COOKIE}={token}; HttpOnly; Path={scope.get('root_path') or '/'}; SameSite=Strict"
