"""HTTP to a running engine, over its Unix socket or loopback."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp
from msgspec import json

from ..process.endpoint import Endpoint
from .refusals import refusal

_END = b"[DONE]"
_LARGE_BODY = 1 << 20
_PROGRESS = b'"prompt_progress"'


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


class EngineConnectionLost(Exception):
    """The connection broke or stayed silent for too long; whoever owns the process knows why."""


class EngineClient:
    """Requests to one engine. Every request has a connection of its own: the engine may reset one after a stream."""

    def __init__(self, endpoint: Endpoint, stall_timeout: float) -> None:
        connector = (
            aiohttp.UnixConnector(endpoint.socket_path, limit=0, force_close=True)
            if endpoint.socket_path
            else aiohttp.TCPConnector(limit=0, force_close=True)
        )
        headers = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
        self._session = aiohttp.ClientSession(
            endpoint.base_url,
            connector=connector,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
        )
        self._stall_timeout = stall_timeout

    async def close(self) -> None:
        await self._session.close()

    def abandon(self) -> None:
        """As `close`, for when the event loop of the connections is gone."""
        self._session.detach()

    async def request(self, path: str, body: dict[str, Any] | None = None, watch: RequestWatch = _NOBODY) -> bytes:
        """POST `body` (GET without one) and return the whole answer.

        Raises `EngineRequestError` when the engine refuses, `EngineConnectionLost` when it is gone.
        """
        async with self._request(path, body, watch) as (response, _):
            return await response.read()

    @asynccontextmanager
    async def stream(
        self, path: str, body: dict[str, Any], watch: RequestWatch = _NOBODY
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """POST `body` and iterate over the JSON texts of the answer's server-sent events.

        An answer that breaks off just ends: whoever reads it knows its last event and raises
        `EngineConnectionLost` when that is missing.

        Leaving the block closes the connection, which makes the engine drop the request at its next batch: it
        notices because `stream` and `return_progress` make it write after each one, so both are always sent.
        """
        body = body | {"stream": True, "return_progress": True}
        async with self._request(path, body, watch) as (response, limit):
            yield self._events(response, limit, watch)

    @asynccontextmanager
    async def stream_bytes(
        self, path: str, body: dict[str, Any], watch: RequestWatch = _NOBODY
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `stream`, but the answer's bytes as they come, for whoever passes them on unread."""
        body = body | {"stream": True, "return_progress": True}
        async with self._request(path, body, watch) as (response, limit):
            yield self._received(response, limit, watch)

    @asynccontextmanager
    async def _request(
        self, path: str, body: dict[str, Any] | None, watch: RequestWatch
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, asyncio.Timeout]]:
        limit = asyncio.timeout(self._stall_timeout)
        answering = whole = False
        try:
            async with limit, self._send(path, body) as response:
                answering = True
                try:
                    if response.status >= 400:
                        raise refusal(await response.read(), response.status)
                    yield response, limit
                finally:
                    whole = response.content.at_eof()
                    if not whole:
                        response.close()
        except (aiohttp.ClientError, ConnectionError) as error:
            raise EngineConnectionLost(str(error) or type(error).__name__) from error
        except RuntimeError as error:  # what aiohttp says of a read after `close`
            if not self._session.closed:
                raise
            raise EngineConnectionLost("the connection was closed") from error
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise EngineConnectionLost(f"silent for {self._stall_timeout:g} s") from error
        finally:
            if not whole:
                watch.left(answering)

    def _send(self, path: str, body: dict[str, Any] | None) -> aiohttp.client._RequestContextManager:
        if body is None:
            return self._session.get(path)
        data = json.encode(body)
        # aiohttp writes bytes in one go, however many, and warns of what that does to the event loop.
        payload = data if len(data) < _LARGE_BODY else io.BytesIO(data)
        return self._session.post(path, data=payload, headers={"Content-Type": "application/json"})

    async def _events(
        self, response: aiohttp.ClientResponse, limit: asyncio.Timeout, watch: RequestWatch
    ) -> AsyncIterator[bytes]:
        rest = b""
        async for data in self._received(response, limit, watch):
            *events, rest = (rest + data).split(b"\n\n")
            for event in events:
                if payload := _payload(event):
                    yield payload

    async def _received(
        self, response: aiohttp.ClientResponse, limit: asyncio.Timeout, watch: RequestWatch
    ) -> AsyncIterator[bytes]:
        """Bytes as they arrive; the limit counts while we wait for the engine, not while a reader makes us wait.

        Keep-alive comments come from another thread of the engine and prove nothing.
        """
        loop = asyncio.get_running_loop()
        limit.reschedule(loop.time() + self._stall_timeout)
        reading = True
        async for data in response.content.iter_any():
            if reading and _PROGRESS not in data and not data.startswith(b":"):
                reading = False
                watch.answers()
            given_up_at = limit.when() if data.startswith(b":") else None
            limit.reschedule(None)
            yield data
            limit.reschedule(given_up_at or loop.time() + self._stall_timeout)


def _payload(event: bytes) -> bytes | None:
    """The JSON text of a server-sent event; None for comments and the end mark. Raises what an error event says."""
    if event.startswith(b"error: "):
        raise refusal(b'{"error":' + event[7:] + b"}", 500)
    if not event.startswith(b"data: ") or event[6:] == _END:
        return None
    if event.startswith(b'data: {"error"'):
        raise refusal(event[6:], 500)
    return event[6:]
