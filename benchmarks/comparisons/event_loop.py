"""How late an app's event loop is while answers stream through it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from benchmarks.contestants.drivers.beat import INTERVAL, lateness
from benchmarks.contestants.process import running
from benchmarks.contestants.table import CONTESTANTS
from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.models.prose import prose
from benchmarks.sides.contestants import model_of
from llama_worker import LlamaWorker, Model
from llama_worker.models.store.files import builtin_path

_FEW, _MANY, _SEQUENCES = 8, 64, 8
_SMALL, _USUAL = "the built-in model", "350M"
# Of each stream: some seconds in all.
_TOKENS = {(_FEW, _SMALL): 150, (_MANY, _SMALL): 40, (_FEW, _USUAL): 8, (_MANY, _USUAL): 3}
_CONTEXT, _WORDS = 512, 4
_PEER = "llama-cpp-python"
_LATE = "late, 99th percentile"
_TO_THE_LIMIT = {"ignore_eos": True}


@asynccontextmanager
async def streaming(run: Run) -> AsyncIterator[list[Side]]:
    """The built-in model, which no other streams faster than, and one of usual speed."""
    numbers = itertools.count(1)
    async with LlamaWorker() as small, LlamaWorker() as usual, AsyncExitStack() as peers:
        builtin = await small.load_model("builtin", context_size=_CONTEXT, sequences=_SEQUENCES)
        larger = await usual.load_model(model_of(run, "350M"), context_size=_CONTEXT, sequences=_SEQUENCES)
        sides = [
            Side(_side(streams, name), partial(_ours, model, streams, _TOKENS[streams, name], numbers))
            for name, model in ((_SMALL, builtin), (_USUAL, larger))
            for streams in (_FEW, _MANY)
        ]
        if run.peers and not CONTESTANTS[_PEER].missing:
            paths = {_SMALL: builtin_path(), _USUAL: model_of(run, "350M")}
            sides += [await _peer(peers, name, path, numbers) for name, path in paths.items()]
        yield sides


def _side(streams: int, model: str) -> str:
    return f"{streams} streams of {model}"


async def _ours(model: Model, streams: int, tokens: int, numbers: Iterator[int]) -> Figures:
    streaming = asyncio.gather(*(_stream(model, tokens, next(numbers)) for _ in range(streams)))
    return _figures(await lateness(streaming))


async def _peer(peers: AsyncExitStack, name: str, path: Path, numbers: Iterator[int]) -> Side:
    """More streams would take it longer, and make it no later, as it computes one at a time."""
    process = await peers.enter_async_context(running(_PEER))
    told = await process.ask("load", model=str(path), threads=None, context=_CONTEXT, sequences=1)

    async def measure() -> Figures:
        prompts = [prose(_WORDS, next(numbers)) for _ in range(_FEW)]
        return _figures(await process.ask("lateness", prompts=prompts, tokens=_TOKENS[_FEW, name]))

    return Side(f"{_side(_FEW, name)}, {_PEER}", measure, told["versions"] | told["settings"])


def _figures(told: Mapping[str, float]) -> Figures:
    return {_LATE: 1000 * told["late"], "latest": 1000 * told["latest"]}


async def _stream(model: Model, tokens: int, number: int) -> None:
    session = await model.create_session()
    async for _ in session.prompt(prose(_WORDS, number), max_tokens=tokens, engine_options=_TO_THE_LIMIT):
        pass


COMPARISONS = [
    Comparison(
        name="event loop",
        sentence=f"How late a callback runs that is due every {1000 * INTERVAL:g} ms while answers stream through the "
        f"same event loop, {_SEQUENCES} computed at a time.",
        figures=(Figure(_LATE, "ms", "lower"), Figure("latest", "ms", "lower")),
        sides=streaming,
        bars=tuple(
            Bar(_side(streams, model), _LATE, _side(streams, model), at_most=most)
            for streams, most in ((_FEW, 10), (_MANY, 25))
            for model in (_SMALL, _USUAL)
        ),
        rounds=3,
        quick_rounds=2,
        pause=1.0,
    )
]
