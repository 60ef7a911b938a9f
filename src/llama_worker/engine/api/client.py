"""HTTP to a running engine, over its Unix socket or loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from msgspec import json

from ..transport.exchange import EngineConnectionLost, Exchange
from ..transport.head import request_head
from .events import Events, Received
from .refusals import refusal

Connect = Callable[[Exchange], Awaitable[None]]


class RequestWatch(Protocol):
    """Is told what becomes of a request."""

    def answers(self) -> None:
        """Its prompt has been read."""

    def left(self, answering: bool) -> None:
        """It was left before its end; whether its answer had begun."""


class _Unwatched:
    def answers(self) -> None: ...

    def left(self, answering: bool) -> None: ...


_NOBODY = _Unwatched()


class EngineClient:
    """Requests to one engine. Every request has a connection of its own, which `connect` makes: the engine may reset
    one after a stream."""

    def __init__(self, connect: Connect, api_key: str, stall_timeout: float) -> None:
        self._connect = connect
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._stall_timeout = stall_timeout
        self._open: set[Exchange] = set()
        self._closed = False

    async def close(self) -> None:
        """End all connections; whoever still reads one is told that it is lost."""
        self._closed = True
        for exchange in tuple(self._open):
            exchange.close()

    def abandon(self) -> None:
        """As `close`, for when the event loop of the connections is gone."""
        self._closed = True
        self._open.clear()

    async def request(self, path: str, body: dict[str, Any] | None = None, watch: RequestWatch = _NOBODY) -> bytes:
        """POST `body` (GET without one) and return the whole answer.

        Raises `EngineRequestError` when the engine refuses, `EngineConnectionLost` when it is gone.
        """
        async with self._request(path, body, watch) as exchange:
            return await _whole(exchange)

    @asynccontextmanager
    async def stream(self, path: str, body: dict[str, Any], watch: RequestWatch = _NOBODY) -> AsyncIterator[Events]:
        """POST `body` and iterate over the JSON texts of the answer's server-sent events.

        Leaving the block closes the connection, which makes the engine drop the request at its next batch: it
        notices because `stream` and `return_progress` make it write after each one, so both are always sent.
        """
        async with self._request(path, _streamed(body), watch) as exchange:
            yield Events(exchange, watch.answers)

    @asynccontextmanager
    async def stream_bytes(
        self, path: str, body: dict[str, Any], watch: RequestWatch = _NOBODY
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `stream`, but the answer's bytes as they come, for whoever passes them on unread."""
        async with self._request(path, _streamed(body), watch) as exchange:
            yield Received(exchange, watch.answers)

    @asynccontextmanager
    async def _request(self, path: str, body: dict[str, Any] | None, watch: RequestWatch) -> AsyncIterator[Exchange]:
        exchange = Exchange(self._stall_timeout)
        answering = False
        try:
            await self._ask(exchange, path, body)
            answering = True
            if exchange.status >= 400:
                raise refusal(await _whole(exchange), exchange.status)
            yield exchange
        finally:
            self._open.discard(exchange)
            whole = exchange.whole
            exchange.close()
            if not whole:
                watch.left(answering)

    async def _ask(self, exchange: Exchange, path: str, body: dict[str, Any] | None) -> None:
        """Connect, send the request and wait until its answer begins."""
        if self._closed:
            raise EngineConnectionLost("the connection was closed")
        data = None if body is None else json.encode(body)
        head = request_head(path, self._headers, None if data is None else len(data))
        self._open.add(exchange)
        try:
            async with asyncio.timeout(self._stall_timeout):
                await self._connect(exchange)
                await exchange.send(head, data or b"")
        except OSError as error:  # TimeoutError is one
            raise EngineConnectionLost(str(error) or "it takes no request") from error
        await exchange.begun()


def _streamed(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"stream": True, "return_progress": True}


async def _whole(exchange: Exchange) -> bytes:
    parts = []
    while data := await exchange.read():
        parts.append(data)
    return b"".join(parts)
