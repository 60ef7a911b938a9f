"""Memory: what a program and its engine take together, and what thousands of prompts and an unload leave behind.

Counted is what is theirs alone and their share of what they share with others (PSS), which only Linux tells. All
10,000 prompts are the rounds of "many prompts" together; `--quick` asks 600.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import psutil

from benchmarks.contestants.process import ContestantProcess, running
from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.sides.contestants import BARE, OURS, model_of
from llama_worker import LlamaWorker

_CONTEXT = 1024
_CACHE_BYTES = 4 << 20
_PROMPTS, _FEW_PROMPTS, _ROUNDS, _FEW_ROUNDS = 2500, 200, 4, 3


def megabytes(pid: int) -> float:
    """Of a process and all that it has started."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(one.memory_full_info().pss for one in family) / 1e6)


@asynccontextmanager
async def side_by_side(run: Run) -> AsyncIterator[list[Side]]:
    """With the bare engine, and each after an answer."""
    model = str(model_of(run, "builtin"))

    async def measure(contestant: ContestantProcess) -> Figures:
        await contestant.ask("answer", prompt="Hello!", tokens=64, cached=False)
        return {"memory": await asyncio.to_thread(megabytes, contestant.pid)}

    async with AsyncExitStack() as stack:
        sides = []
        for name in (OURS, BARE):
            process = await stack.enter_async_context(running(name))
            await process.ask("load", model=model, threads=1, context=_CONTEXT, sequences=1)
            sides.append(Side(name, lambda process=process: measure(process)))  # type: ignore[misc]
        yield sides


@asynccontextmanager
async def many_prompts(run: Run) -> AsyncIterator[list[Side]]:
    count = _FEW_PROMPTS if run.quick else _PROMPTS
    numbers = itertools.count(1)  # a prompt that was asked before would be in the cache already
    async with LlamaWorker() as worker:
        file, cache = model_of(run, "builtin"), _CACHE_BYTES
        model = await worker.load_model(file, context_size=_CONTEXT, sequences=1, threads=1, prompt_cache_bytes=cache)

        async def measure() -> Figures:
            before = await asyncio.to_thread(megabytes, os.getpid())
            for _ in range(count):
                await model.complete(f"Prompt {next(numbers)}", max_tokens=1)
            return {"growth": await asyncio.to_thread(megabytes, os.getpid()) - before}

        yield [Side(OURS, measure)]


@asynccontextmanager
async def unloading(run: Run) -> AsyncIterator[list[Side]]:
    async with LlamaWorker() as worker:

        async def measure() -> Figures:
            before = await asyncio.to_thread(megabytes, os.getpid())
            model = await worker.load_model(model_of(run, "builtin"), context_size=_CONTEXT, sequences=1)
            await model.complete("Hello!", max_tokens=64)
            await model.unload()
            return {"left": await asyncio.to_thread(megabytes, os.getpid()) - before}

        yield [Side(OURS, measure)]


COMPARISONS = [
    Comparison(
        name="memory",
        sentence="A program with the built-in model and its engine, against the engine in one process.",
        figures=(Figure("memory", "MB", "lower"),),
        sides=side_by_side,
        bars=(Bar("more than the bare engine", "memory", OURS, (BARE,), at_most_more=60.0),),
        rounds=3,
    ),
    Comparison(
        name="many prompts",
        sentence=f"How much a program and its engine grow over {_PROMPTS} prompts, none asked before; all rounds are "
        f"10,000. The prompt cache has {_CACHE_BYTES >> 20} MiB, which the warm-up fills.",
        figures=(Figure("growth", "MB", "lower"),),
        sides=many_prompts,
        bars=(Bar("flat", "growth", OURS, at_most=1.0),),
        rounds=_ROUNDS,
        quick_rounds=_FEW_ROUNDS,
    ),
    Comparison(
        name="unload",
        sentence="What is left of a model after it was unloaded.",
        figures=(Figure("left", "MB", "lower"),),
        sides=unloading,
        bars=(Bar("next to nothing", "left", OURS, at_most=1.0),),
        rounds=5,
    ),
]
