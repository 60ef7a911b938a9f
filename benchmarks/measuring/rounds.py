"""Sides measured in turns."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from benchmarks.measuring.comparison import Comparison, Run, Side
from benchmarks.measuring.machine import when
from benchmarks.measuring.result import Result, Sample
from llama_worker.cli.measuring.noise import listening

_MOST_TRIES = 3
# A side whose first sample takes so long (more threads than cores beside a busy process, say) is asked for no other.
_SLOW_SECONDS = 20.0
Progress = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:
    """Nobody is told."""


async def measured(comparison: Comparison, run: Run, progress: Progress = _silent) -> Result:
    """All rounds; `progress` is told what is measured now, and how many samples of how many are there.

    A comparison that cannot be set up has one failure, under its own name.
    """
    result, began = Result(comparison), time.perf_counter()
    progress("setting up", 0, 1)
    try:
        async with comparison.sides(run) as sides:
            wanted = [side for side in sides if run.wants(side.name)]
            await _Rounds(comparison, run, wanted, result, progress).all()
    except Exception as error:
        result.failures[comparison.name] = _sentence(error)
    result.seconds = time.perf_counter() - began
    result.when = when()
    return result


class _Rounds:
    """The rounds of one comparison, and how often a noisy sample may still be taken again."""

    def __init__(
        self, comparison: Comparison, run: Run, sides: Sequence[Side], result: Result, progress: Progress
    ) -> None:
        self._comparison = comparison
        self._sides = sides
        self._result = result
        self._progress = progress
        count = run.rounds or (comparison.quick_rounds if run.quick else comparison.rounds)
        self._turns = comparison.warm_up + count
        self._done = 0
        self._slow: dict[str, Sample] = {}
        self._repeats = count * len(sides)
        self._ends = time.perf_counter() + run.seconds if run.seconds else math.inf

    async def all(self) -> None:
        """Every round, or as many as end in time, and one at least."""
        self._result.settings = {side.name: side.settings for side in self._sides}
        self._result.samples = {side.name: [] for side in self._sides}
        longest = 0.0
        for turn in range(self._turns):
            began = time.perf_counter()
            if turn > self._comparison.warm_up and began + longest > self._ends:
                break
            for side in in_turn(self._sides, turn):
                await self._one(side, turn)
            if turn >= self._comparison.warm_up:
                longest = max(longest, time.perf_counter() - began)

    async def _one(self, side: Side, turn: int) -> None:
        self._progress(side.name, self._done, self._turns * len(self._sides))
        self._done += 1
        if side.name in self._result.failures:
            return
        try:
            await (self._warm_up(side) if turn < self._comparison.warm_up else self._round(side))
        except Exception as error:
            self._result.failures[side.name] = _sentence(error)
            del self._result.samples[side.name]

    async def _warm_up(self, side: Side) -> None:
        began = time.perf_counter()
        sample = await self._sample(side)
        if time.perf_counter() - began > _SLOW_SECONDS:
            self._slow[side.name] = sample
            self._result.measured_once.append(side.name)

    async def _round(self, side: Side) -> None:
        sample = self._slow.get(side.name) or await self._quiet_sample(side)
        self._result.samples[side.name].append(sample)

    async def _quiet_sample(self, side: Side) -> Sample:
        """The least noisy of a few, the first that is quiet."""
        began, best = time.perf_counter(), await self._sample(side)
        takes, tries = time.perf_counter() - began, 1
        while best.noise.noisy and tries < _MOST_TRIES and self._repeats > 0:
            if time.perf_counter() + takes > self._ends:
                break
            self._repeats -= 1
            tries += 1
            again = await self._sample(side)
            best = min(best, again, key=lambda sample: sample.noise.cores)
        return Sample(best.figures, best.noise, tries)

    async def _sample(self, side: Side) -> Sample:
        await asyncio.sleep(self._comparison.pause)
        with listening() as noise:
            figures = await side.measure()
        return Sample(figures, noise)


def in_turn(sides: Sequence[Side], turn: int) -> list[Side]:
    """Every round begins with another side; when each has begun one they go backwards, so none follows the same."""
    count = max(1, len(sides))
    ordered = list(sides) if turn // count % 2 == 0 else list(sides)[::-1]
    first = turn % count
    return [*ordered[first:], *ordered[:first]]


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
