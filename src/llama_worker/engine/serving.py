"""The requests that an engine works on: who is admitted, how each ended, and who was there when the engine died."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ..errors import LlamaWorkerError
from .abort_watch import AbortWatch, WatchedEngine
from .api.client import RequestWatch
from .suspects import EngineRequestRecord, Suspects
from .threads.governor import Governed, Governor
from .transport.exchange import EngineConnectionLost


class Serving:
    """Requests come and go through `request`; `reason` tells why a connection was lost."""

    def __init__(
        self,
        engine: WatchedEngine,
        suspects: Suspects,
        abort_limit: float,
        reason: Callable[[EngineConnectionLost], Awaitable[LlamaWorkerError]],
        governor: Governor | None,
    ) -> None:
        self._governor = governor
        self._suspects = suspects
        self._reason = reason
        self._running: list[EngineRequestRecord] = []
        self._guilty: list[EngineRequestRecord] = []
        self.watch = AbortWatch(engine, abort_limit, suspects.clear)

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def convict(self, requests: list[EngineRequestRecord]) -> None:
        """The engine is ended because of these, whoever else is served."""
        self._guilty = requests

    def at_death(self) -> list[EngineRequestRecord]:
        """The requests that may have been the reason: of those that were there, those that held a slot if any did."""
        if self._guilty:
            return self._guilty
        there = list(dict.fromkeys([*self._running, *self.watch.unconfirmed]))
        return [request for request in there if request.owner is not None] or there

    @asynccontextmanager
    async def request(self, record: EngineRequestRecord) -> AsyncIterator[RequestWatch]:
        """Around one request; gives what is to be told of it.

        Raises `RequestQuarantinedError`, and the reason in place of `EngineConnectionLost`.
        """
        self._suspects.admit(record)
        self._running.append(record)
        lost = False
        # What takes no slot, such as counting tokens, is no work for computing threads.
        governed = self._governor.request() if self._governor and record.owner is not None else None
        watch = _Watch(self.watch, record, governed)
        try:
            yield watch
        except EngineConnectionLost as error:
            lost = True  # and stays among those that were there when the engine ended
            raise await self._reason(error) from error
        finally:
            if governed:
                governed.end()
            if not lost:
                self._running.remove(record)
                if not watch.was_left:
                    self._suspects.clear(record)


class _Watch:
    """Over one request."""

    def __init__(self, aborts: AbortWatch, record: EngineRequestRecord, governed: Governed | None) -> None:
        self._aborts, self._record, self._governed = aborts, record, governed
        self.was_left = False

    def answers(self) -> None:
        if self._governed:
            self._governed.answers()

    def left(self, answering: bool) -> None:
        self.was_left = True
        self._aborts.left(self._record, answering=answering)
