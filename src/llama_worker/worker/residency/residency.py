"""Lets engines start when there is room for them, and makes room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from ...ending import to_the_end
from ...engine.settings import EngineSettings
from ...engine.supervisor import EngineSupervisor
from ...loggers import MODELS
from ...models.memory.available import available_memory
from ...options import ModelOptions
from ..loading import LoadedFiles
from .changes import Changes
from .free_memory import FreeMemory, free_memory
from .refusal import refuse
from .resident import Resident

if TYPE_CHECKING:
    from ..runtime import ModelRuntime


class Residency:
    """The models of a worker. `budget` gives how many bytes they may take together, None for what the machine has.

    An engine that needs more than is free gets it from the models that may leave and are idle, those unused for longest
    first, unless even all of them would not do; then nobody loses anything for it.
    """

    def __init__(self, budget: Callable[[], int | None]) -> None:
        self._budget = budget
        self.changes = Changes()
        self._residents: list[Resident] = []
        self._making_room = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()

    @contextmanager
    def entered(self, of: LoadedFiles, supervisor: EngineSupervisor) -> Iterator[Resident]:
        """A model that is loaded in the block; its engines are let in from now on."""
        resident = Resident(of, supervisor)
        supervisor.admitted = partial(self._admitted, resident)
        self._residents.append(resident)
        try:
            yield resident
        except BaseException:
            self._residents = [other for other in self._residents if other is not resident]
            raise

    def settle(self, resident: Resident, runtime: ModelRuntime) -> None:
        """Its engine runs; it may be ended for want of use as soon as its load is over, see `settled`."""
        resident.runtime, resident.settling = runtime, True
        runtime.usage.on_change = partial(self._used, resident)
        self._used(resident)

    def settled(self, resident: Resident, runtime: ModelRuntime) -> None:
        """Its load is over, and holds the engine no more."""
        resident.settling = False
        runtime.usage.release()

    def of(self, runtime: ModelRuntime) -> Resident | None:
        return next((resident for resident in self._residents if resident.runtime is runtime), None)

    def keep_for(self, resident: Resident, options: ModelOptions) -> None:
        """Its `keep` and `keep_alive` from now on."""
        resident.keep_for(options)
        self._used(resident)

    async def leave_gpu(self) -> bool:
        """End the engine with layers on a GPU that may be ended and was unused for longest; whether there was one."""
        leaving = [resident for resident in self._residents if resident.evictable and resident.is_on_gpu]
        if leaving:
            await self.end(min(leaving, key=lambda resident: resident.last_used), "evicted: another one needs its GPU")
        return bool(leaving)

    async def attainable_bytes(self) -> int:
        """What a model could have at most when all others that may leave and are idle have left."""
        free = await self._free(None)
        return free.without(other for other in self._residents if other.evictable)

    def abandon(self) -> None:
        """For when the event loop is gone."""
        self._residents.clear()
        self._endings.clear()
        self._making_room = asyncio.Lock()
        self.changes = Changes()

    @asynccontextmanager
    async def _admitted(self, resident: Resident, settings: EngineSettings) -> AsyncIterator[None]:
        async with self._making_room:
            await self._make_room(resident, settings)
            resident.starting = True
        try:
            yield
        finally:
            resident.starting = False
            self.changes.tell()

    async def _make_room(self, resident: Resident, settings: EngineSettings) -> None:
        needed, seen = resident.needs(settings), self.changes.count
        while needed > (free := await self._free(resident)).bytes:
            others = [other for other in self._residents if other is not resident]
            leaving = [other for other in others if other.evictable]
            if leaving and needed <= free.without(leaving):
                oldest = min(leaving, key=lambda other: other.last_used)
                await self.end(oldest, "evicted: another one needs its place")
            elif free.in_motion:
                await self.changes.wait(seen)
                seen = self.changes.count
            else:
                await refuse(resident, settings, free, others)
                return

    async def _free(self, resident: Resident | None) -> FreeMemory:
        others = [other for other in self._residents if other is not resident]
        return free_memory(self._budget(), await asyncio.to_thread(available_memory), others)

    def _used(self, resident: Resident) -> None:
        """Somebody began to use it, the last one has left, or it was unloaded."""
        if resident.expiry:
            resident.expiry.cancel()
            resident.expiry = None
        if resident.gone:
            self._residents = [other for other in self._residents if other is not resident]
        elif resident.idle and resident.keep_alive:
            loop = asyncio.get_running_loop()
            resident.expiry = loop.call_later(resident.keep_alive, self._expire, resident)
        if resident.running or resident.gone:  # else nobody gains anything, least of all who was just refused
            self.changes.tell()

    def _expire(self, resident: Resident) -> None:
        if resident.idle and resident.running and not resident.leaving:
            ending = asyncio.ensure_future(self.end(resident, f"expired: unused for {resident.keep_alive:g} s"))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def end(self, resident: Resident, why: str) -> None:
        """End its engine, unless somebody has come meanwhile. Being cancelled here does not keep it from ending, and it
        counts as leaving until it has."""
        resident.ending = True
        await to_the_end(self._end(resident, why))

    async def _end(self, resident: Resident, why: str) -> None:
        try:
            if await resident.end_engine():
                MODELS.info("model %s %s", resident.name, why)
        finally:
            resident.ending = False
            self.changes.tell()
