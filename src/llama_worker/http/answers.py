"""Sending answers: whole, or as a stream whose first part comes before the status."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from starlette.types import Message, Send

from .problems import Problem, problem_from

_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")
_EVENTS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    _NO_STORE,
    (b"x-accel-buffering", b"no"),  # nginx would hold back a stream
]


async def send_json(send: Send, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
    """Send `value`; bytes are taken for JSON text."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    more = [(name.lower().encode(), text.encode()) for name, text in (headers or {}).items()]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, _NO_STORE, length, *more]})
    await send({"type": "http.response.body", "body": body})


async def send_events(
    send: Send, events: AsyncIterator[bytes], write_timeout: float, on_error: Callable[[Problem], bytes]
) -> None:
    """Stream `events`. What goes wrong before the first of them is raised; later it becomes an event by `on_error`.

    A client that reads nothing for `write_timeout` seconds is dropped: TimeoutError.
    """
    event: bytes | None = await anext(events, b"")
    await send({"type": "http.response.start", "status": 200, "headers": _EVENTS})
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:
        while event is not None:
            limit.reschedule(loop.time() + write_timeout)
            await send(_part(event))
            limit.reschedule(None)
            event = await _next(events, on_error)
        await send({"type": "http.response.body", "body": b""})


async def _next(events: AsyncIterator[bytes], on_error: Callable[[Problem], bytes]) -> bytes | None:
    try:
        return await anext(events, None)
    except Exception as error:
        return on_error(problem_from(error))


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}
