"""After a request was left: whether the engine lets go of its work, which no abort reaches everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from msgspec import Struct

from ..errors import LlamaWorkerError
from .suspects import EngineRequestRecord

_INTERVAL = 0.1
# A thread may happen to wait for a lock when it is looked at.
_LOOKS = 5


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


class _Left(Struct, frozen=True, eq=False):
    request: EngineRequestRecord
    answering: bool


class AbortWatch:
    """Watches over requests that were left before their end, one after the other, and ends an engine that is stuck.

    llama.cpp looks for aborts between batches only: not while it reads a grammar, and not while its chat template runs,
    which is a thread of its own. So its main loop is asked for a sign of life; and where an answer had not begun,
    the process must become idle once nobody else is served.
    """

    def __init__(self, engine: WatchedEngine, limit: float, confirmed: Callable[[EngineRequestRecord], None]) -> None:
        self.limit = limit
        self._engine = engine
        self._confirmed = confirmed
        self._left: list[_Left] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def unconfirmed(self) -> list[EngineRequestRecord]:
        """The requests that were left and on which the engine may still work."""
        return [left.request for left in self._left]

    def left(self, request: EngineRequestRecord, *, answering: bool) -> None:
        """A request was left; `answering` says whether its answer had begun."""
        self._left.append(_Left(request, answering))
        if self._task is None:
            self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Watch no more."""
        if self._task and self._task is not asyncio.current_task():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _watch(self) -> None:
        try:
            while self._left:
                await self._confirm(self._left[0])
                self._confirmed(self._left.pop(0).request)
        except TimeoutError:
            silence = f"still busy {self.limit:g} s after a request was left"
            await self._engine.end_stuck([self._left[0].request], silence)
        except LlamaWorkerError:
            pass  # it is gone, and whoever watches over its process says why
        finally:
            self._task = None

    async def _confirm(self, left: _Left) -> None:
        """Return when the engine has let go of it. Raises TimeoutError when it does not."""
        await self._within(self._engine.ask_main_loop())
        if not left.answering:
            await self._idle()

    async def _within(self, work: Awaitable[Any]) -> None:
        async with asyncio.timeout(self.limit):
            await work

    async def _idle(self) -> None:
        """Return when the process rests, or works for others: then it is looked at again when they are done.

        Raises TimeoutError when it goes on computing for nobody.
        """
        resting = computing = 0
        while resting < _LOOKS:
            await asyncio.sleep(_INTERVAL)
            if self._engine.busy:
                resting = 0
            elif self._engine.computes():
                resting, computing = 0, computing + 1
            else:
                resting += 1
            if computing * _INTERVAL >= self.limit:
                raise TimeoutError
