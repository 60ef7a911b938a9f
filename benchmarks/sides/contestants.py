"""Contestants that have loaded a model, each with its own defaults or with equal threads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.contestants.process import ContestantError, ContestantProcess, running
from benchmarks.contestants.table import CONTESTANTS, installed
from benchmarks.measuring.busy import cores
from benchmarks.measuring.comparison import Figures, Run, Side
from benchmarks.models.files import model_file
from benchmarks.models.prose import prose

OURS, BARE = "ours", "bare"
PEERS = tuple(name for name in CONTESTANTS if not name.startswith(OURS))
_ALWAYS = (OURS, BARE)
Measure = Callable[[ContestantProcess], Awaitable[Figures]]


def with_threads(name: str, threads: int | None = None) -> str:
    """The side of that contestant with equal threads; all cores unless told otherwise."""
    return f"{name}, {threads or cores()} threads"


def model_of(run: Run, name: str) -> Path:
    """The model that the person named, else the one of random weights."""
    return Path(run.model).resolve() if run.model else model_file(name)


@asynccontextmanager
async def loaded(
    run: Run, measure: Measure, *, model: str = "350M", context: int = 1024, sequences: int = 1, equal: bool = True
) -> AsyncIterator[list[Side]]:
    """A side for each contestant of this run, and with `equal` another one of each with equal threads.

    One that cannot load stays a side, which fails when it is measured.
    """
    path = model_of(run, model)
    async with AsyncExitStack() as processes:
        sides = []
        for threads in (None, cores()) if equal else (None,):
            for name in _names(run):
                request = {"model": str(path), "threads": threads, "context": context, "sequences": sequences}
                side = name if threads is None else with_threads(name, threads)
                sides.append(await _side(processes, name, side, request, measure))
        yield sides


def _names(run: Run) -> Sequence[str]:
    return [one.name for one in installed() if run.peers or one.name in _ALWAYS]


async def _side(processes: AsyncExitStack, name: str, side: str, request: dict[str, Any], measure: Measure) -> Side:
    try:
        process = await processes.enter_async_context(running(name))
        told = await process.ask("load", **request)
    except ContestantError as error:
        return _failing(side, error)
    return Side(side, lambda: measure(process), told["versions"] | told["settings"])


def _failing(side: str, error: ContestantError) -> Side:
    async def fail() -> Figures:
        raise error

    return Side(side, fail)


class Prompts:
    """Prompts of so many words, each another text, so that nothing of one is cached from those before."""

    def __init__(self, words: int) -> None:
        self._words = words
        self._numbers: Iterator[int] = count(1)

    def next(self) -> str:
        return prose(self._words, next(self._numbers))


def decode_speed(answer: dict[str, Any]) -> float:
    """Tokens a second after the first one."""
    return float((answer["tokens"] - 1) / max(answer["total"] - answer["firstToken"], 1e-9))


def prompt_speed(answer: dict[str, Any]) -> float:
    """Prompt tokens a second up to the first token, those that were cached not counted."""
    read = answer["promptTokens"] - (answer["cachedTokens"] or 0)
    return float(read / max(answer["firstToken"], 1e-9))
