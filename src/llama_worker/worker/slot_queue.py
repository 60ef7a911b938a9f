"""Who may compute next: a fair queue in front of the engine's slots."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from msgspec import Struct


class _Waiting(Struct, eq=False):
    owner: Hashable
    order: int
    turn: asyncio.Future[None]


class SlotQueue:
    """Lets as many requests through as there are slots.

    The next one is of the owner (a session, a model's stateless calls) that was served longest ago, and of that
    owner's requests the oldest, so that a session with many requests cannot starve another.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: list[_Waiting] = []
        self._last_served: dict[Hashable, int] = {}
        self._clock = itertools.count(1)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @asynccontextmanager
    async def slot(self, owner: Hashable) -> AsyncIterator[None]:
        """Wait for a slot and hold it; cancelling while waiting leaves the queue as if never entered."""
        await self._enter(owner)
        try:
            yield
        finally:
            self._free += 1
            self._serve()

    async def _enter(self, owner: Hashable) -> None:
        entry = _Waiting(owner, next(self._clock), asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._serve()
        try:
            await entry.turn
        except asyncio.CancelledError:
            self._leave(entry)
            raise

    def _leave(self, entry: _Waiting) -> None:
        if entry in self._waiting:
            self._waiting.remove(entry)
        else:  # the slot was given in the same moment
            self._free += 1
            self._serve()

    def _serve(self) -> None:
        while self._free and self._waiting:
            entry = min(self._waiting, key=lambda entry: (self._last_served.get(entry.owner, 0), entry.order))
            self._waiting.remove(entry)
            self._free -= 1
            self._remember(entry.owner)
            entry.turn.set_result(None)

    def _remember(self, owner: Hashable) -> None:
        """Only owners that still wait need a memory."""
        self._last_served[owner] = next(self._clock)
        if not self._waiting:
            self._last_served.clear()
