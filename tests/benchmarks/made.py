"""Results that nobody measured, for what is made of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Run, Side
from benchmarks.measuring.result import Result, Sample

from llama_worker.cli.measuring.noise import Noise


@asynccontextmanager
async def nobody(run: Run) -> AsyncIterator[list[Side]]:
    yield []


def comparison(*bars: Bar, **fields: object) -> Comparison:
    """Of a speed, of which more is better, and of a time, of which less is."""
    figures = (Figure("speed", "tokens/s"), Figure("time", "s", "lower"))
    told: dict[str, object] = {
        "name": "made",
        "sentence": "Nothing.",
        "figures": figures,
        "sides": nobody,
        "bars": bars,
    }
    return Comparison(**(told | fields))  # type: ignore[arg-type]


def result(values: Mapping[str, Sequence[float]], *bars: Bar, **fields: object) -> Result:
    """Speeds by side, round by round; times are their inverse."""
    samples = {
        side: [Sample({"speed": speed, "time": 1 / speed}, Noise()) for speed in speeds]
        for side, speeds in values.items()
    }
    return Result(comparison(*bars, **fields), samples, {side: {"threads": 2} for side in values})
