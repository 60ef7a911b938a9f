"""Looks up hosts for downloads that may not lead everywhere."""

from __future__ import annotations

import socket
from urllib.request import getproxies

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from .reach import Reach


class ReachResolver(AbstractResolver):
    """Finds addresses of hosts, of which none may be private that is not named. The proxies of the environment are
    named: behind one it is for the proxy to look at addresses."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._resolver = DefaultResolver()
        self._proxies = {URL(proxy).host for proxy in getproxies().values() if "://" in proxy}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host not in self._proxies:
            for one in found:
                self._reach.check_address(host, port, one["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()
