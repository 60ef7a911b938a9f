"""What happens during an operation, kept for whoever watches it, and an iteration over that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol, Self, TypeVar, cast

from ...errors import OperationAborted
from ...messages.events import Event, ReasoningDelta, TextDelta

Item = TypeVar("Item")
_PIECES = (TextDelta, ReasoningDelta)


class Waiters:
    """Whoever waits for something to change; a waiter that is cancelled keeps nobody else from being woken."""

    def __init__(self) -> None:
        self._futures: list[asyncio.Future[None]] = []

    def wait(self) -> asyncio.Future[None]:
        """Done at the next `wake`."""
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        return future

    def wake(self) -> None:
        for future in self._futures:
            if not future.done():
                future.set_result(None)
        self._futures.clear()


class EventLog:
    """The events so far; when it has ended no more will come, and `error` says what it ended with."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ended = False
        self.error: Exception | None = None
        self.changed = Waiters()
        """For those who wait until there is another event, or it has ended."""

    def append(self, event: Event) -> None:
        self.events.append(event)
        self.changed.wake()

    def end(self, error: Exception | None) -> None:
        self.ended, self.error = True, error
        self.changed.wake()


class Watched(Protocol):
    """The work that a stream tells of."""

    def abort(self) -> None: ...
    async def wait(self) -> None: ...


class Stream(AsyncIterator[Item]):
    """An iteration over an operation. Dropping it before its end aborts the operation."""

    def __init__(self, work: Watched, log: EventLog, to_item: Callable[[Event], Item | None]) -> None:
        self._work = work
        self._log = log
        self._to_item = to_item
        self._seen = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        log = self._log
        while True:
            while self._seen == len(log.events):
                if log.ended:
                    self._end()
                try:
                    await log.changed.wait()
                except asyncio.CancelledError:
                    await self.aclose()
                    raise
            item = self._to_item(self._take())
            if item is not None:
                return item

    async def aclose(self) -> None:
        """Abort the operation and wait until it has ended."""
        self._work.abort()
        await self._work.wait()

    def __del__(self) -> None:
        self._work.abort()

    def _end(self) -> None:
        error = self._log.error
        if error is not None and not isinstance(error, OperationAborted):
            raise error
        raise StopAsyncIteration

    def _take(self) -> Event:
        """The next event; a run of text that piled up is one event, so a slow reader costs no memory."""
        events, first = self._log.events, self._seen
        event = events[first]
        self._seen += 1
        if not isinstance(event, _PIECES):
            return event
        while self._seen < len(events) and type(events[self._seen]) is type(event):
            self._seen += 1
        if self._seen == first + 1:
            return event
        run = cast(list[TextDelta], events[first : self._seen])
        return type(event)("".join(piece.text for piece in run))
