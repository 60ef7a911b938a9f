"""Contestants that have loaded a model, each with its own defaults or with equal threads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count as counting
from pathlib import Path
from typing import Any

from benchmarks.contestants.process import ContestantError, ContestantProcess, running
from benchmarks.contestants.table import CONTESTANTS, installed
from benchmarks.measuring.busy import cores
from benchmarks.measuring.comparison import Figures, Run, Side
from benchmarks.models.files import model_file
from benchmarks.models.prose import prose
from llama_worker.models.store.files import builtin_path

OURS, BARE = "ours", "bare"
PEERS = tuple(name for name in CONTESTANTS if not name.startswith(OURS))
DEFAULT: Sequence[int | None] = (None,)
DEFAULT_AND_EQUAL: Sequence[int | None] = (None, cores())
# Seconds before each sample: who looks at the machine until a second after an answer must not see the next side's.
PAUSE = 1.3
_ALWAYS = (OURS, BARE)
Answer = dict[str, Any]
Measure = Callable[[ContestantProcess], Awaitable[Figures]]


def with_threads(name: str, threads: int | None = None) -> str:
    """The side of that contestant with equal threads; all cores unless told otherwise."""
    count = threads or cores()
    return f"{name}, {count} thread{'s' if count > 1 else ''}"


def model_of(run: Run, name: str) -> Path:
    """The model that the person named, else the one of random weights, or the built-in one for "builtin"."""
    if run.model:
        return Path(run.model).resolve()
    return builtin_path() if name == "builtin" else model_file(name)


@asynccontextmanager
async def loaded(
    run: Run,
    measure: Measure,
    *,
    model: str = "350M",
    context: int = 1024,
    sequences: int = 1,
    threads: Sequence[int | None] = DEFAULT_AND_EQUAL,
) -> AsyncIterator[list[Side]]:
    """Sides for each contestant of this run, as far as they are wanted: its own default for None, and so many threads.

    One that cannot load stays a side, which fails when it is measured.
    """
    path = model_of(run, model)
    async with AsyncExitStack() as processes:
        sides = []
        for name in _names(run):
            for count in threads:
                request = {"model": str(path), "threads": count, "context": context, "sequences": sequences}
                side = name if count is None else with_threads(name, count)
                if run.wants(side):
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
        self._numbers: Iterator[int] = counting(1)

    def next(self) -> str:
        return prose(self._words, next(self._numbers))


def decode_speed(answer: Answer) -> float:
    """Tokens a second after the first one."""
    return float((answer["tokens"] - 1) / max(answer["total"] - answer["firstToken"], 1e-9))


def prompt_speed(answer: Answer) -> float:
    """Prompt tokens a second up to the first token, those that were cached not counted."""
    read = answer["promptTokens"] - (answer["cachedTokens"] or 0)
    return float(read / max(answer["firstToken"], 1e-9))
