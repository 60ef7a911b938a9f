"""Server-sent events out of the bytes of an answer."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from typing import Self

from ..transport.exchange import Exchange
from .refusals import refusal

_END = b"[DONE]"


class Received(AsyncIterator[bytes]):
    """The bytes of an answer as they arrive."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if data := await self._exchange.read():
            return data
        raise StopAsyncIteration


class Events(AsyncIterator[bytes]):
    """The JSON text of each event; comments and the end mark are none. Raises what an error event says."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._come: deque[bytes] = deque()
        self._rest = b""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while True:
            while self._come:
                if payload := _payload(self._come.popleft()):
                    return payload
            data = await self._exchange.read()
            if not data:
                raise StopAsyncIteration
            *events, self._rest = (self._rest + data).split(b"\n\n")
            self._come.extend(events)


def _payload(event: bytes) -> bytes | None:
    if event.startswith(b"error: "):
        raise refusal(b'{"error":' + event[7:] + b"}", 500)
    if not event.startswith(b"data: ") or event[6:] == _END:
        return None
    if event.startswith(b'data: {"error"'):
        raise refusal(event[6:], 500)
    return event[6:]
