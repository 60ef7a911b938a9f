"""Server-sent events out of the bytes of an answer."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Self

from ..transport.exchange import Exchange
from .refusals import refusal

_END = b"[DONE]"
_PROGRESS = b'"prompt_progress"'


class Received(AsyncIterator[bytes]):
    """The bytes of an answer as they arrive; `on_answer` is called when the first has come that is of the answer
    itself, and not of how far the prompt is read."""

    def __init__(self, exchange: Exchange, on_answer: Callable[[], None]) -> None:
        self._exchange = exchange
        self._on_answer: Callable[[], None] | None = on_answer

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if data := await self._exchange.read():
            if self._on_answer:
                self._look_for_answer(data)
            return data
        raise StopAsyncIteration

    def _look_for_answer(self, data: bytes) -> None:
        if self._on_answer and _PROGRESS not in data and not data.startswith(b":"):
            self._on_answer()
            self._on_answer = None


class Events(Received):
    """The JSON text of each event; comments and the end mark are none. Raises what an error event says."""

    def __init__(self, exchange: Exchange, on_answer: Callable[[], None]) -> None:
        super().__init__(exchange, on_answer)
        self._come: deque[bytes] = deque()
        self._rest = b""

    async def __anext__(self) -> bytes:
        while True:
            while self._come:
                if payload := _payload(self._come.popleft()):
                    return payload
            data = await self._exchange.read()
            if not data:
                raise StopAsyncIteration
            self._split(data)

    async def until(self, take: Callable[[bytes], bool]) -> bool:
        """Give `take` each event in the moment in which it comes, a turn of the event loop before an iteration would
        see it: True as soon as it returns True, False after the last event. It may be called again then."""

        def take_all(data: bytes) -> bool:
            self._split(data)
            return self._give(take)

        return self._give(take) or await self._exchange.pass_on(take_all)

    def _give(self, take: Callable[[bytes], bool]) -> bool:
        while self._come:
            if (payload := _payload(self._come.popleft())) and take(payload):
                return True
        return False

    def _split(self, data: bytes) -> None:
        if self._on_answer:
            self._look_for_answer(data)
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
