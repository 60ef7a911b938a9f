"""Runs the steps, some at a time, with a fault now and then, and stops for a checkpoint once a minute."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from .checkpoints import grown, holding, left_behind, opened, waiting
from .faults import befall
from .hub import Hub
from .record import Record
from .steps import LONGEST_SECONDS, perform
from .world import World

Report = Callable[[Record], object]


class Soak:
    """`worlds` with the number of steps that are on their way in each at a time."""

    def __init__(self, worlds: dict[World, int], hub: Hub, record: Record, others: Sequence[int]) -> None:
        self._worlds = worlds
        self._hub = hub
        self._record = record
        self._others = others
        self._numbers: Iterator[int] = itertools.count(1)
        self._open = asyncio.Event()
        self._busy = 0
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End before the time is over, as if it were."""
        self._stopped.set()

    async def run(self, seconds: float, report: Report, *, checkpoint_seconds: float, fault_seconds: float) -> None:
        """Until the time is over; then one last checkpoint."""
        await self._check()
        end = time.monotonic() + seconds
        actors = [asyncio.create_task(self._act(world)) for world, count in self._worlds.items() for _ in range(count)]
        actors += [asyncio.create_task(self._torment(world, fault_seconds)) for world in self._worlds]
        while (left := end - time.monotonic()) > 0 and not self._stopped.is_set():
            self._open.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), min(checkpoint_seconds, left))
            await self._checkpoint()
            report(self._record)
        for actor in actors:
            actor.cancel()
        await asyncio.wait(actors)
        for wrong in grown(self._record.checkpoints):
            self._record.violate(0, "footprint", f"{wrong}; open: {opened()}")

    async def _act(self, world: World) -> None:
        while await self._open.wait():
            self._busy += 1
            try:
                await perform(world, self._record.seed, next(self._numbers))
            finally:
                self._busy -= 1

    async def _torment(self, world: World, seconds: float) -> None:
        chance = random.Random(f"{self._record.seed} faults {world.name}")
        while await self._open.wait():
            await asyncio.sleep(chance.expovariate(1 / seconds))
            self._busy += 1
            try:
                await befall(world, self._hub, chance)
            finally:
                self._busy -= 1

    async def _checkpoint(self) -> None:
        """All steps end first; those that wait for another's abort get theirs."""
        self._open.clear()
        began = time.monotonic()
        while self._busy and time.monotonic() - began < 2 * LONGEST_SECONDS:
            await asyncio.sleep(0.05)
        if self._busy:
            self._record.violate(0, "checkpoint", f"{self._busy} steps do not end; {waiting()}")
        await self._check()

    async def _check(self) -> None:
        found = [(world.name, wrong) for world in self._worlds for wrong in await world.idle()]
        found += [(world.name, wrong) for world in self._worlds for wrong in await world.end()]
        found += [("all", wrong) for wrong in await left_behind(self._others)]
        for name, wrong in found:
            self._record.violate(0, f"{name}: checkpoint", wrong)
        self._record.checkpoints.append(await holding(self._record))
        for world in self._worlds:
            await world.begin()


async def again(world: World, steps: Sequence[int], times: int = 20) -> None:
    """Some steps alone, each so many times, in a world with its models loaded."""
    for number in steps:
        for _ in range(times):
            for path in world.models.values():
                model = await world.worker.load_model(path, context_size=384, sequences=2)
                world.keep(await model.create_session())
            await perform(world, world.record.seed, number)
