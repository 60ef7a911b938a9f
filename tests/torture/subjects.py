"""Gives trials to programs under torture, some at a time, and judges what they tell, also when they tell nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import json

from .attempt import LONGEST_SECONDS, Outcome
from .corpus.recipes import Recipe
from .doors.servers import HttpServer, Program, StdioProgram
from .subject import Footprint, Told, Trial

WARM_AFTER = 40
"""Trials after which a program holds all that it keeps for good: what comes on top of that is a leak."""
MOST_GROWTH = 24 << 20
_SILENCE_SECONDS = 4 * LONGEST_SECONDS


class Subject:
    """One program: started when it is needed, and again when a trial has taken it down."""

    def __init__(self, good: Path, folder: Path) -> None:
        self._good = good
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._tried = 0
        self._warm: Footprint | None = None
        self._last: Footprint | None = None

    async def tell(self, recipe: Recipe) -> Outcome:
        """What comes of one trial."""
        place = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            path = await asyncio.to_thread(recipe.make, place)
            return await self._asked(Trial(recipe.name, os.fsencode(path), recipe.moment, recipe.change, recipe.door))
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)

    async def _asked(self, trial: Trial) -> Outcome:
        process = self._process = self._process or await self._started()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.encode(trial) + b"\n")
        try:
            async with asyncio.timeout(_SILENCE_SECONDS):
                line = await process.stdout.readline()
        except TimeoutError:
            process.kill()
            line = b""
        if not line:
            return await self._lost(process, trial.name)
        return self._noted(json.decode(line, type=Told))

    async def _lost(self, process: asyncio.subprocess.Process, name: str) -> Outcome:
        self._process, self._warm, self._tried = None, None, 0
        code = await process.wait()
        return Outcome(name, "death", violation=f"the program ended with {code}")

    def _noted(self, told: Told) -> Outcome:
        self._tried += 1
        self._last = told.footprint
        if self._tried == WARM_AFTER:
            self._warm = told.footprint
        return told.outcome

    async def _started(self) -> asyncio.subprocess.Process:
        temporary = tempfile.mkdtemp(prefix="t", dir=self._folder)
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.torture.subject", str(self._good)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"TMPDIR": temporary},
        )

    async def close(self) -> str:
        """End it. Tells what it has gathered since it was warm."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()
        return leak(self._warm, self._last)


def leak(warm: Footprint | None, last: Footprint | None) -> str:
    """What grew from one footprint to the other, more than chance would have it."""
    if warm is None or last is None:
        return ""
    grown = [name for name in ("descriptors", "tasks") if getattr(last, name) > getattr(warm, name)]
    grown += ["threads"] if last.threads > warm.threads + 4 else []
    grown += ["memory"] if last.memory > warm.memory + MOST_GROWTH else []
    return ", ".join(f"{name} grew from {getattr(warm, name)} to {getattr(last, name)}" for name in grown)


class Door:
    """A program that is spoken to in bytes."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self._folder = folder

    async def tell(self, recipe: Recipe) -> Outcome:
        place = Path(tempfile.mkdtemp(dir=self._folder))
        path = await asyncio.to_thread(recipe.make, place)
        return await self._program.tell(recipe.name, path.read_bytes())

    async def close(self) -> str:
        return await self._program.close()


async def torture(
    trials: Iterable[Recipe], good: Path, folder: Path, jobs: int, told: Callable[[Outcome], object]
) -> list[Outcome]:
    """Try all of them, with `jobs` programs that load files and one behind each other door; `told` hears of each."""
    outcomes: list[Outcome] = []

    async def work(subject: Subject | Door, waiting: Iterator[Recipe]) -> None:
        for recipe in waiting:
            outcomes.append(outcome := await subject.tell(recipe))
            told(outcome)
        if grown := await subject.close():
            outcomes.append(Outcome("any/footprint", "leak", violation=grown))

    chosen = list(trials)
    files = iter([recipe for recipe in chosen if recipe.door not in ("http", "port")])
    doors = {"http": HttpServer, "port": StdioProgram}
    work_on = [work(Subject(good, folder), files) for _ in range(jobs)]
    for name, program in doors.items():
        (place := folder / name).mkdir()
        some = iter([recipe for recipe in chosen if recipe.door == name])
        work_on.append(work(Door(program(good, place), place), some))
    await asyncio.gather(*work_on)
    return outcomes
