"""Looks what others do, chooses CPUs and sets them, while its engine computes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...ending import to_the_end
from ...loggers import ENGINE
from .choice import choose_cpus
from .cpus import Core, computing_cores, usable_cpus
from .occupancy import Look, Occupancy
from .phases import Phase, Phases

_FIRST_LOOK, _LOOK = 0.15, 0.25
# So long after the last request it goes on looking; what was seen earlier is not told of later requests.
_WATCHED_SECONDS = 1.0
# CPUs are added or exchanged at most so often, at a moment that differs from engine to engine: two that saw the same
# would else leave and come back together for ever. CPUs that others need are left at once.
_SHORTEST_STAY, _LONGEST_STAY = 1.0, 2.0


class Governor:
    """Of the engine with that `pid`, which computes with up to `threads` threads that follow its affinity.

    `request` tells it of each; `close` ends it.
    """

    def __init__(self, pid: int, threads: int, *, look: Callable[[int], Look] = Look.now) -> None:
        self._pid, self._threads, self._look = pid, threads, look
        self._usable = usable_cpus()
        self._cores: tuple[Core, ...] = computing_cores(self._usable)
        self._occupancy = Occupancy()
        self._phases = Phases()
        self._chosen = dict.fromkeys(Phase, self._usable)
        self._placed = self._usable
        self._tasks: frozenset[int] = frozenset()
        self._stays_until = self._worked_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    @property
    def cpus(self) -> frozenset[int]:
        """The CPUs that its threads may use now."""
        return self._placed

    def request(self) -> Governed:
        """A request for which the engine computes from now on; whoever asks tells when that ends."""
        self._phases.begin()
        self._watch()
        self._place()
        return Governed(self._phases, self._changed)

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Inside the block the number of threads is the same each time, whatever others do."""
        try:
            with self._phases.steady():
                self._place()
                yield
        finally:
            self._place()

    async def close(self) -> None:
        """Look no more."""
        if self._looking:
            self._looking.cancel()
            await to_the_end(_ended(self._looking))

    def _changed(self) -> None:
        self._worked_at = time.monotonic()
        self._place()

    def _watch(self) -> None:
        if self._looking is None or self._looking.done():
            self._occupancy.forget()
            self._stays_until = 0.0
            self._looking = asyncio.create_task(self._look_on(), name=f"threads of engine {self._pid}")

    async def _look_on(self) -> None:
        """Until nobody has asked for anything for a while, or the engine is gone."""
        pause = _FIRST_LOOK
        while self._phases.working or time.monotonic() < self._worked_at + _WATCHED_SECONDS:
            try:
                look = await asyncio.to_thread(self._look, self._pid)
            except OSError:
                return  # it is gone
            self._set(self._placed, frozenset(look.threads) - self._tasks)  # those that began elsewhere
            self._tasks = frozenset(look.threads)
            if taken := self._occupancy.add(look):
                self._choose(taken)
                self._place()
                pause = _LOOK
            await asyncio.sleep(pause)

    def _choose(self, taken: dict[int, float]) -> None:
        chosen = {phase: self._choice(phase, taken) for phase in Phase}
        now = time.monotonic()
        if chosen == self._chosen or (now < self._stays_until and any(chosen[p] - self._chosen[p] for p in Phase)):
            return
        ENGINE.debug("engine %d: others take %s; computing on %s", self._pid, taken, chosen)
        self._chosen = chosen
        self._stays_until = now + random.uniform(_SHORTEST_STAY, _LONGEST_STAY)  # noqa: S311 - not for secrets

    def _choice(self, phase: Phase, taken: dict[int, float]) -> frozenset[int]:
        """All usable CPUs where as many are free as it has threads: the system moves threads better than we do."""
        cpus = choose_cpus(self._cores, taken, phase, self._threads, self._chosen[phase], turn=self._pid)
        return self._usable if len(cpus) == min(self._threads, len(self._cores)) else cpus

    def _place(self) -> None:
        """Let all threads of the engine use what was chosen for what it does now."""
        cpus = self._usable if self._phases.is_steady else self._chosen[self._phases.now]
        if cpus != self._placed:
            self._placed = cpus
            self._set(cpus, self._tasks)

    def _set(self, cpus: frozenset[int], tasks: frozenset[int]) -> None:
        if sys.platform == "linux":
            for task in tasks:
                with contextlib.suppress(OSError):  # it has ended, or its CPUs are gone
                    os.sched_setaffinity(task, cpus)


class Governed:
    """One request that is being computed."""

    def __init__(self, phases: Phases, changed: Callable[[], None]) -> None:
        self._phases, self._changed = phases, changed
        self._answering = False

    def answers(self) -> None:
        """Its prompt has been read."""
        if not self._answering:
            self._answering = True
            self._phases.answer()
            self._changed()

    def end(self) -> None:
        """Nothing is computed for it any more."""
        self._phases.end(answering=self._answering)
        self._changed()


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])
