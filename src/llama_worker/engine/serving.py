"""The requests that an engine works on: who is admitted, how each ended, and who was there when the engine died."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ..errors import LlamaWorkerError
from .abort_watch import AbortWatch, WatchedEngine
from .api.client import Left
from .suspects import EngineRequestRecord, Suspects
from .transport.exchange import EngineConnectionLost


class Serving:
    """Requests come and go through `request`; `reason` tells why a connection was lost."""

    def __init__(
        self,
        engine: WatchedEngine,
        suspects: Suspects,
        abort_limit: float,
        reason: Callable[[EngineConnectionLost], Awaitable[LlamaWorkerError]],
    ) -> None:
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
    async def request(self, record: EngineRequestRecord) -> AsyncIterator[Left]:
        """Around one request; gives what is to be called when it is left before its end.

        Raises `RequestQuarantinedError`, and the reason in place of `EngineConnectionLost`.
        """
        self._suspects.admit(record)
        self._running.append(record)
        lost = left = False

        def on_left(answering: bool) -> None:
            nonlocal left
            left = True
            self.watch.left(record, answering=answering)

        try:
            yield on_left
        except EngineConnectionLost as error:
            lost = True  # and stays among those that were there when the engine ended
            raise await self._reason(error) from error
        finally:
            if not lost:
                self._running.remove(record)
                if not left:
                    self._suspects.clear(record)
