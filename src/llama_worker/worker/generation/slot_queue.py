"""Who may compute next: a fair queue in front of the engine's slots."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager

from msgspec import Struct

from ...engine.supervisor import EngineSupervisor

BULK_PATIENCE = 10.0
"""Seconds after which nobody who would generate overtakes a part of a bulk job any more."""


class Place(Struct, eq=False):
    """A request's place in the queue, and then its slot; `tokens` of a shared context are taken for it. One of `bulk`
    generates nothing, and was in the queue `since` then."""

    owner: Hashable
    priority: int
    order: int
    granted: asyncio.Future[None]
    tokens: int = 0
    alone: bool = False
    bulk: bool = False
    since: float = 0.0
    slots: int = 1

    def uses(self, tokens: int) -> None:
        """It has grown to so many."""
        self.tokens = max(self.tokens, tokens)


class SlotQueue:
    """Lets as many requests through as there are slots.

    The next one is of the highest priority; among those, of the owner (a session, a model's stateless calls) that
    was served longest ago, and of that owner's requests the oldest, so that a session with many requests cannot
    starve another. An owner of whom `alone` is true waits until nobody else computes, and has all slots then. With a
    `room` of so many tokens that all share, it also waits until there is enough of it, or nobody else.

    A request of `bulk` (texts to embed) waits while anybody generates, and others pass it, but not for longer than
    `BULK_PATIENCE`: the engine computes either text or vectors at a time, and one that generates goes first there.
    """

    def __init__(
        self, slots: int, alone: Callable[[Hashable], bool] = lambda _: False, room: int | None = None
    ) -> None:
        self._slots = self._free = slots
        self._alone = alone
        self._room = room
        self._waiting: list[Place] = []
        self._served: list[Place] = []
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

    @property
    def room(self) -> int | None:
        """Tokens that all share; None when each slot has its own."""
        return self._room

    def resize(self, slots: int, room: int | None = None) -> None:
        """So many slots and tokens from now on; who holds one keeps it."""
        self._room = room
        self._free += slots - self._slots
        self._slots = slots
        self._serve()

    @asynccontextmanager
    async def slot(
        self, owner: Hashable, priority: int = 5, *, tokens: int = 0, alone: bool = False, bulk: bool = False
    ) -> AsyncIterator[Place]:
        """Wait for a slot, for so many `tokens`, or until nobody else computes, and hold it; cancelling while waiting
        leaves the queue as if never entered."""
        entry = await self._enter(owner, priority, tokens, alone, bulk)
        try:
            yield entry
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

    async def _enter(self, owner: Hashable, priority: int, tokens: int, alone: bool, bulk: bool) -> Place:
        granted = asyncio.get_running_loop().create_future()
        entry = Place(owner, priority, next(self._clock), granted, tokens, alone, bulk, time.monotonic())
        self._waiting.append(entry)
        self._serve()
        try:
            await entry.granted
        except asyncio.CancelledError:
            self._leave(entry)
            raise
        return entry

    def _leave(self, entry: Place) -> None:
        if entry in self._waiting:
            self._waiting.remove(entry)
            self._serve()  # whom it made wait, when it was to compute alone
        if not entry.granted.cancelled():  # the slot was given in the same moment
            self._release(entry)

    def _release(self, entry: Place) -> None:
        self._free += entry.slots
        self._served.remove(entry)
        self._serve()
        if self._free == self._slots:
            self._last_served.clear()

    def _serve(self) -> None:
        while self._free and self._waiting and not self._holds:
            entry = self._first()
            if entry is None:
                return
            entry.slots = self._slots if entry.alone or self._alone(entry.owner) else 1
            if self._free < entry.slots or not self._has_room_for(entry):
                return  # and nobody overtakes it
            self._waiting.remove(entry)
            if entry.granted.cancelled():
                continue
            self._free -= entry.slots
            self._served.append(entry)
            self._last_served[entry.owner] = next(self._clock)
            entry.granted.set_result(None)

    def _first(self) -> Place | None:
        """Whose turn it is; nobody's while a part of a bulk job has waited long enough for those who generate."""
        long_ago = time.monotonic() - BULK_PATIENCE
        overdue = [entry for entry in self._waiting if entry.bulk and entry.since < long_ago]
        if not any(not other.bulk for other in self._served):
            return min(overdue or self._waiting, key=self._rank, default=None)
        return None if overdue else min((one for one in self._waiting if not one.bulk), key=self._rank, default=None)

    def _has_room_for(self, entry: Place) -> bool:
        taken = sum(other.tokens for other in self._served)
        return self._room is None or not self._served or taken + entry.tokens <= self._room

    def _rank(self, entry: Place) -> tuple[int, int, int]:
        return -entry.priority, self._last_served.get(entry.owner, 0), entry.order


def queue_for(supervisor: EngineSupervisor) -> SlotQueue:
    """The queue in front of an engine's slots."""
    settings = supervisor.settings
    return SlotQueue(settings.sequences, supervisor.suspects.suspects, settings.shared_cells)
