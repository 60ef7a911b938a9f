"""How soon an aborted answer has ended, and how soon the next one begins."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.models.prose import prose
from benchmarks.sides.contestants import model_of
from llama_worker import LlamaWorker, Model
from llama_worker.messages.events import Progress, TextDelta

_WRITING, _READING = "while it writes", "while its prompt is read"
_WRITING_BESIDE, _READING_BESIDE = f"{_WRITING}, beside three others", f"{_READING}, beside three others"
_LONGEST_WAIT = 0.7  # seconds, about a batch: an abort comes at any moment of one
_TRIALS, _SHARE = 20, 0.95


@asynccontextmanager
async def aborting(run: Run) -> AsyncIterator[list[Side]]:
    numbers, trials = itertools.count(1), 5 if run.quick else _TRIALS
    async with LlamaWorker() as worker:
        model = await worker.load_model(model_of(run, "350M"), context_size=2048, sequences=4)

        async def measure(reading: bool) -> Figures:
            times = [await _aborted(model, reading, numbers) for _ in range(trials)]
            firsts = [first for _, first in times]
            return {
                "end": 1000 * _at(_SHARE, [end for end, _ in times]),
                "next first token": _at(0.5, firsts),
                "slowest": _at(_SHARE, firsts),
            }

        async def beside(reading: bool) -> Figures:
            others = [asyncio.create_task(_go_on(model, numbers)) for _ in range(3)]
            try:
                return await measure(reading)
            finally:
                for other in others:
                    other.cancel()
                await asyncio.wait(others)

        yield [
            Side(_WRITING, lambda: measure(False)),
            Side(_READING, lambda: measure(True)),
            Side(_WRITING_BESIDE, lambda: beside(False)),
            Side(_READING_BESIDE, lambda: beside(True)),
        ]


async def _aborted(model: Model, reading: bool, numbers: itertools.count[int]) -> tuple[float, float]:
    """Seconds from an abort to the end of the operation, and from there to the next one's first token."""
    moments = random.Random(next(numbers))
    operation = model.complete(prose(400 if reading else 4, next(numbers)), max_tokens=400)
    async for event in operation.events():
        if isinstance(event, Progress if reading else TextDelta):
            break
    if reading:
        await asyncio.sleep(moments.uniform(0, _LONGEST_WAIT))
    began = time.perf_counter()
    operation.abort()
    await operation.wait()
    ended = time.perf_counter()
    following = model.complete(prose(4, next(numbers)), max_tokens=2)
    async for _ in following:
        break
    first = time.perf_counter()
    await following.wait()
    return ended - began, first - ended


async def _go_on(model: Model, numbers: itertools.count[int]) -> None:
    while True:
        await model.complete(prose(4, next(numbers)), max_tokens=200)


def _at(share: float, seconds: list[float]) -> float:
    return sorted(seconds)[min(int(share * len(seconds)), len(seconds) - 1)]


COMPARISONS = [
    Comparison(
        name="abort",
        sentence=f"The 95th percentile of {_TRIALS} aborts until the operation has ended, and the median until the "
        "next one's first token; the slowest is the 95th percentile of that.",
        figures=(
            Figure("end", "ms", "lower"),
            Figure("next first token", "s", "lower"),
            Figure("slowest", "s", "lower"),
        ),
        sides=aborting,
        bars=(
            Bar("the end of an abort while it writes", "end", _WRITING, at_most=20),
            Bar("the end of an abort while its prompt is read", "end", _READING, at_most=20),
            Bar("the end while its prompt is read beside three others", "end", _READING_BESIDE, at_most=20),
            Bar("the next first token after a prompt's abort", "next first token", _READING, at_most=0.5),
            Bar("the same beside three others", "next first token", _READING_BESIDE, at_most=0.5),
        ),
        rounds=3,
        quick_rounds=1,
        warm_up=1,
    )
]
