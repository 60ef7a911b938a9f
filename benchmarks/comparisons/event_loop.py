"""How late an app's event loop is while answers stream through it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.models.prose import prose
from benchmarks.sides.contestants import model_of
from llama_worker import LlamaWorker, Model

_FEW, _MANY, _SEQUENCES = 8, 64, 8
_SMALL, _USUAL = "the built-in model", "350M"
_INTERVAL = 0.002
_LATE = "late, 99th percentile"
_TO_THE_LIMIT = {"ignore_eos": True}


@asynccontextmanager
async def streaming(run: Run) -> AsyncIterator[list[Side]]:
    """The built-in model, which no other streams faster than, and one of usual speed."""
    numbers = itertools.count(1)
    async with LlamaWorker() as small, LlamaWorker() as usual:
        builtin = await small.load_model("builtin", context_size=512, sequences=_SEQUENCES)
        larger = await usual.load_model(model_of(run, "350M"), context_size=512, sequences=_SEQUENCES)
        yield [
            Side(f"{streams} streams of {name}", partial(_lateness, model, streams, tokens, numbers))
            for name, model, tokens in ((_SMALL, builtin, 150), (_USUAL, larger, 8))
            for streams in (_FEW, _MANY)
        ]


async def _lateness(model: Model, streams: int, tokens: int, numbers: Iterator[int]) -> Figures:
    late: list[float] = []
    beating = asyncio.create_task(_beat(late))
    await asyncio.gather(*(_stream(model, tokens, next(numbers)) for _ in range(streams)))
    beating.cancel()
    await asyncio.wait([beating])
    late.sort()
    return {_LATE: 1000 * late[int(0.99 * len(late))], "latest": 1000 * late[-1]}


async def _stream(model: Model, tokens: int, number: int) -> None:
    session = await model.create_session()
    async for _ in session.prompt(prose(4, number), max_tokens=tokens, engine_options=_TO_THE_LIMIT):
        pass


async def _beat(late: list[float]) -> None:
    """How late each moment is at which a callback was due: one that blocks makes all late that were due meanwhile."""
    loop = asyncio.get_running_loop()
    due = loop.time() + _INTERVAL
    while True:
        await asyncio.sleep(due - loop.time())
        while due <= loop.time():
            late.append(loop.time() - due)
            due += _INTERVAL


COMPARISONS = [
    Comparison(
        name="event loop",
        sentence=f"How late a callback runs that is due every {1000 * _INTERVAL:g} ms while answers stream through the "
        f"same event loop, {_SEQUENCES} computed at a time.",
        figures=(Figure(_LATE, "ms", "lower"), Figure("latest", "ms", "lower")),
        sides=streaming,
        bars=tuple(
            Bar(f"{streams} streams of {model}", _LATE, f"{streams} streams of {model}", at_most=most)
            for streams, most in ((_FEW, 10), (_MANY, 25))
            for model in (_SMALL, _USUAL)
        ),
        rounds=5,
        quick_rounds=2,
        pause=1.0,
    )
]
