"""Server-sent events as bytes: passed on in whole events, without reading what they say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from ..engine.api.refusals import refusal
from ..engine.transport.exchange import EngineConnectionLost
from .problems import problem_from

DONE = b"data: [DONE]\n\n"
HEARTBEAT = b":\n\n"
"""A comment, which every client skips; sent for each batch of a prompt, it keeps proxies from giving up."""

# Quotes inside of JSON texts are escaped, so these bytes can only be the engine's own fields.
_PROGRESS = b'"prompt_progress":{'
_ERROR = b'data: {"error":'


async def whole_events(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`data` cut where events end; several that came together stay together."""
    rest = b""
    async for piece in data:
        if rest:
            piece = rest + piece
        if piece.endswith(b"\n\n"):
            rest = b""
            yield piece
            continue
        end = piece.rfind(b"\n\n") + 2
        rest = piece[end:] if end > 1 else piece
        if end > 1:
            yield piece[:end]


async def passed_on(data: AsyncIterator[bytes], end: bytes = DONE, *, progress: bool = False) -> AsyncIterator[bytes]:
    """The engine's events for a client: an error gets OpenAI's shape, and progress becomes a heartbeat, unless the
    client asked for `progress`.

    Raises `EngineConnectionLost` when `end` does not come last.
    """
    finished = False
    async for events in whole_events(data):
        finished = events.endswith(end)
        if (_PROGRESS in events and not progress) or _ERROR in events:
            each = [event for event in events.split(b"\n\n") if event]
            events = b"".join(_mended(event, progress) for event in each)
            finished = finished or any(event.startswith(_ERROR) for event in each)
        yield events
    if not finished:
        raise EngineConnectionLost("the answer ended early")


def _mended(event: bytes, progress: bool) -> bytes:
    if event.startswith(_ERROR):
        return event_of(problem_from(refusal(event[6:], 500)).openai())
    return HEARTBEAT if _PROGRESS in event and not progress else event + b"\n\n"


async def payloads(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The JSON text of each event. Raises the error that an event tells of."""
    async for events in whole_events(data):
        for event in events.split(b"\n\n"):
            _, found, payload = event.partition(b"data: ")
            if not found or payload == b"[DONE]":
                continue
            if payload.startswith(b'{"error":'):
                raise refusal(payload, 500)
            yield payload


def event_of(value: Any, name: str | None = None) -> bytes:
    """One event that says `value`."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(value) + b"\n\n"
