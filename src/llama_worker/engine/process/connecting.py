"""Connections to where an engine listens."""

from __future__ import annotations

import asyncio

from .endpoint import LOOPBACK, Endpoint


async def connect(endpoint: Endpoint, protocol: asyncio.BufferedProtocol) -> None:
    """Over its Unix socket or loopback. Raises OSError."""
    loop = asyncio.get_running_loop()
    if endpoint.socket_path:
        await loop.create_unix_connection(lambda: protocol, endpoint.socket_path)
    else:
        await loop.create_connection(lambda: protocol, LOOPBACK, endpoint.port)
