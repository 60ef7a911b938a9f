"""After a request was left: whether the engine lets go of its work, which no abort reaches everywhere."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from ..errors import LlamaWorkerError
from .suspects import EngineRequestRecord

_INTERVAL = 0.1
# A thread may happen to wait for a lock when it is looked at.
_LOOKS = 5
# A busy server may never rest; of so many the latest are remembered.
_MOST_NOT_BEGUN = 16


class WatchedEngine(Protocol):
    """What the watch needs to know of an engine."""

    @property
    def busy(self) -> bool:
        """Whether it works on anything that nobody has left."""

    def computes(self) -> bool:
        """Whether its process computes now."""

    async def ask_main_loop(self) -> object:
        """Returns when its main loop has taken a look at the world. Raises when it is gone."""

    async def end_stuck(self, requests: list[EngineRequestRecord], silence: str) -> object:
        """End it: `requests` were left, and it goes on with them."""


class AbortWatch:
    """Watches over requests that were left before their end, and ends an engine that goes on with them.

    llama.cpp looks for aborts between batches only: not while it reads a grammar, and not while its chat template runs,
    which is a thread of its own. So its main loop is asked for a sign of life; and where an answer had not begun,
    the process must come to rest once nobody else is served.
    """

    def __init__(self, engine: WatchedEngine, limit: float, confirmed: Callable[[EngineRequestRecord], None]) -> None:
        self.limit = limit
        self._engine = engine
        self._confirmed = confirmed
        self._left: deque[tuple[EngineRequestRecord, bool]] = deque()
        self._not_begun: deque[EngineRequestRecord] = deque(maxlen=_MOST_NOT_BEGUN)
        self._resting = self._computing = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def unconfirmed(self) -> list[EngineRequestRecord]:
        """The requests that were left and after which the main loop has not been heard of."""
        return [request for request, _ in self._left]

    def left(self, request: EngineRequestRecord, *, answering: bool) -> None:
        """A request was left; `answering` says whether its answer had begun."""
        self._left.append((request, answering))
        if self._task is None:
            self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Watch no more."""
        if self._task and self._task is not asyncio.current_task():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _watch(self) -> None:
        try:
            while self._left or self._not_begun:
                await (self._ask_main_loop() if self._left else self._look_at_process())
        except TimeoutError:
            guilty = [request for request, _ in self._left] or list(self._not_begun)
            await self._engine.end_stuck(guilty, f"still busy {self.limit:g} s after a request was left")
        except LlamaWorkerError:
            pass  # it is gone, and whoever watches over its process says why
        finally:
            self._task = None

    async def _ask_main_loop(self) -> None:
        """Raises TimeoutError when it gives no sign of life."""
        asked = len(self._left)
        async with asyncio.timeout(self.limit):
            await self._engine.ask_main_loop()
        for _ in range(asked):
            request, answering = self._left.popleft()
            if answering:
                self._confirmed(request)
            else:
                self._not_begun.append(request)
                self._resting = self._computing = 0

    async def _look_at_process(self) -> None:
        """Raises TimeoutError when it has computed for nobody for too long; while others are served nobody can tell."""
        await asyncio.sleep(_INTERVAL)
        if self._engine.busy:
            self._resting = 0
        elif self._engine.computes():
            self._resting, self._computing = 0, self._computing + 1
        else:
            self._resting += 1
        if self._computing * _INTERVAL >= self.limit:
            raise TimeoutError
        if self._resting == _LOOKS:
            while self._not_begun:
                self._confirmed(self._not_begun.popleft())
