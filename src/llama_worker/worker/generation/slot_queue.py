"""Who may compute next: a fair queue in front of the engine's slots."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager

from msgspec import Struct


class _Waiting(Struct, eq=False):
    owner: Hashable
    priority: int
    order: int
    granted: asyncio.Future[None]
    slots: int = 1


class SlotQueue:
    """Lets as many requests through as there are slots.

    The next one is of the highest priority; among those, of the owner (a session, a model's stateless calls) that
    was served longest ago, and of that owner's requests the oldest, so that a session with many requests cannot
    starve another. An owner of whom `alone` is true waits until nobody else computes, and has all slots then.
    """

    def __init__(self, slots: int, alone: Callable[[Hashable], bool] = lambda _: False) -> None:
        self._slots = self._free = slots
        self._alone = alone
        self._waiting: list[_Waiting] = []
        self._last_served: dict[Hashable, int] = {}
        self._clock = itertools.count(1)
        self._holds = 0

    @property
    def free(self) -> int:
        """Slots that nobody holds."""
        return self._free

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def idle(self) -> bool:
        """Whether nobody holds a slot or waits for one."""
        return self._free == self._slots and not self._waiting

    def resize(self, slots: int) -> None:
        """So many slots from now on; who holds one keeps it."""
        self._free += slots - self._slots
        self._slots = slots
        self._serve()

    @asynccontextmanager
    async def slot(self, owner: Hashable, priority: int = 5) -> AsyncIterator[None]:
        """Wait for a slot and hold it; cancelling while waiting leaves the queue as if never entered."""
        entry = await self._enter(owner, priority)
        try:
            yield
        finally:
            self._release(entry)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let nobody else in meanwhile, so that a slot stays what it is after its request has ended."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            self._serve()

    async def _enter(self, owner: Hashable, priority: int) -> _Waiting:
        entry = _Waiting(owner, priority, next(self._clock), asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._serve()
        try:
            await entry.granted
        except asyncio.CancelledError:
            self._leave(entry)
            raise
        return entry

    def _leave(self, entry: _Waiting) -> None:
        if entry in self._waiting:
            self._waiting.remove(entry)
            self._serve()  # whom it made wait, when it was to compute alone
        if not entry.granted.cancelled():  # the slot was given in the same moment
            self._release(entry)

    def _release(self, entry: _Waiting) -> None:
        self._free += entry.slots
        self._serve()
        if self._free == self._slots:
            self._last_served.clear()

    def _serve(self) -> None:
        while self._free and self._waiting and not self._holds:
            entry = min(self._waiting, key=self._rank) if len(self._waiting) > 1 else self._waiting[0]
            entry.slots = self._slots if self._alone(entry.owner) else 1
            if self._free < entry.slots:
                return  # and nobody overtakes it
            self._waiting.remove(entry)
            if entry.granted.cancelled():
                continue
            self._free -= entry.slots
            self._last_served[entry.owner] = next(self._clock)
            entry.granted.set_result(None)

    def _rank(self, entry: _Waiting) -> tuple[int, int, int]:
        return -entry.priority, self._last_served.get(entry.owner, 0), entry.order
