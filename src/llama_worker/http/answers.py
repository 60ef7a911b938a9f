"""Sending answers: whole, or as a stream whose first part comes before the status."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from starlette.types import Send

from .problems import Problem, problem_from

_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-store")
_EVENTS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    _NO_STORE,
    (b"x-accel-buffering", b"no"),  # nginx would hold back a stream
]


async def send_json(send: Send, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
    """Send `value`; bytes are taken for JSON text."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    more = encoded(headers or {})
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, _NO_STORE, length, *more]})
    await send({"type": "http.response.body", "body": body})


async def send_text(send: Send, text: str, headers: dict[str, str] | None = None) -> None:
    """Send a text as it stands."""
    body = text.encode()
    length = (b"content-length", str(len(body)).encode())
    start = [_TEXT, _NO_STORE, length, *encoded(headers or {})]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    await send({"type": "http.response.body", "body": body})


def encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.lower().encode(), text.encode()) for name, text in headers.items()]


class EventSender:
    """Sends a stream whose first event comes before the status, so that what goes wrong until then is a plain error.

    A client that reads nothing for `write_timeout` seconds is dropped: TimeoutError.
    """

    def __init__(self, send: Send, write_timeout: float, headers: dict[str, str] | None = None) -> None:
        self._send = send
        self._write_timeout = write_timeout
        self._headers = [*_EVENTS, *encoded(headers or {})]
        self.started = False

    async def send(self, events: AsyncIterator[bytes]) -> None:
        """Send all of them."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:
            async for event in events:
                limit.reschedule(loop.time() + self._write_timeout)
                await self._part(event)
                limit.reschedule(None)
            await self._end()

    async def fail(self, event: bytes) -> None:
        """End the stream with an error."""
        await self._part(event)
        await self._end()

    async def _part(self, body: bytes) -> None:
        if not self.started:
            await self._send({"type": "http.response.start", "status": 200, "headers": self._headers})
            self.started = True
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def _end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})


async def send_events(sender: EventSender, stream: Awaitable[None], on_error: Callable[[Problem], bytes]) -> None:
    """Run `stream`, which sends with `sender`; an error in its middle becomes an event by `on_error`."""
    try:
        await stream
    except TimeoutError:
        raise
    except Exception as error:
        if not sender.started:
            raise
        await sender.fail(on_error(problem_from(error)))
