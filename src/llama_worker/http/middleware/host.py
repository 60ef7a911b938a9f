"""Refuses requests that were sent to another name than ours: the end of DNS rebinding."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from ..problems import Problem

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]@/\s]+)(?::\d{1,5})?")


class HostMiddleware:
    """Lets through what names localhost, an IP address or one of `allowed`.

    A page that rebinds its own name to our address still sends that name. An address cannot be rebound.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = {"localhost", *(name.lower() for name in allowed)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            self._check([value for name, value in scope["headers"] if name == b"host"])
        await self._app(scope, receive, send)

    def _check(self, values: list[bytes]) -> None:
        if len(values) != 1:
            raise Problem(400, "A request needs exactly one Host header.", code="invalid_host")
        match = _HOST.fullmatch(values[0].decode("latin-1").lower())
        if match is None:
            raise Problem(400, "The Host header names no host.", code="invalid_host")
        name = match["name"]
        if name not in self._allowed and not _is_address(name.strip("[]")):
            raise Problem(403, "This server does not answer to that host name.", code="host_not_allowed")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
