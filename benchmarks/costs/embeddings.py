"""What `model.embed` takes for 1,000 short texts, against the same engine asked directly.

`python -m benchmarks.costs.embeddings [MODEL]`: the engine's process is asked for the vectors of the same texts by
hand, in three ways (all in one request; in two at once; 16 at a time, two at once), and by `model.embed`, in turns, so
that whatever else the machine does hits each. The best of the ways by hand counts. What is printed are medians over the
rounds, and the median of the ratios of each round. Processor time, ours and the engine's together, does not depend on
who else is busy. Without MODEL that is the built-in one and a small one of noise that takes the mean of all tokens.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker, Model
from llama_worker.engine.api.vectors import EUCLIDEAN, embed
from llama_worker.engine.engine import Engine

COUNT, ROUNDS = 1000, 9
WORDS = [
    "the",
    "a",
    "small",
    "large",
    "house",
    "tree",
    "river",
    "walks",
    "sees",
    "finds",
    "in",
    "on",
    "under",
    "green",
    "old",
    "new",
]
BY_HAND = {"one request": (COUNT, 1), "two requests": (COUNT // 2, 2), "16 texts, two at once": (16, 2)}
Way = Callable[[], Awaitable[object]]


async def main(*names: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        noise = write_gguf(Path(folder) / "noise.gguf", embedding_length=128, overrides={"llama.pooling_type": 1})
        async with LlamaWorker() as worker:
            for name in names or ("builtin", str(noise)):
                model = await worker.load_model(name)
                await compare(model, texts())
                await model.unload()


def texts() -> list[str]:
    """Of 3 to 12 words."""
    chance = random.Random(0)
    return [" ".join(chance.choices(WORDS, k=chance.randint(3, 12))) for _ in range(COUNT)]


async def compare(model: Model, asked: list[str]) -> None:
    engine = await model.runtime.engine()
    ways: dict[str, Way] = {name: by_hand(engine, asked, *how) for name, how in BY_HAND.items()}
    ways["model.embed"] = lambda: model.embed(asked)
    assert model.pid
    processes = [psutil.Process(), psutil.Process(model.pid)]
    times = await in_turns(ways, processes)
    print(f"{model.public_name}: {COUNT} texts, {ROUNDS} rounds")
    for name, rounds in times.items():
        seconds, busy = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"  {name:24} {seconds:6.3f} s  {COUNT / seconds:6.0f} texts/s  processor {busy:6.3f} s")
    for index, what in enumerate(("throughput", "processor time")):
        columns = {name: [one[index] for one in rounds] for name, rounds in times.items()}
        best = min((columns[name] for name in BY_HAND), key=statistics.median)
        ratios = [one / other for one, other in zip(best, columns["model.embed"], strict=True)]
        print(f"  {what}: {statistics.median(ratios):.2f} of the best by hand ({min(ratios):.2f} to {max(ratios):.2f})")


def by_hand(engine: Engine, asked: list[str], size: int, at_once: int) -> Way:
    async def ask() -> None:
        parts = iter([asked[start : start + size] for start in range(0, len(asked), size)])

        async def work() -> None:
            for part in parts:
                await embed(engine.request, part, EUCLIDEAN)

        await asyncio.gather(*[work() for _ in range(at_once)])

    return ask


async def in_turns(ways: dict[str, Way], processes: list[psutil.Process]) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each way, and those that the processes computed, round by round; the first round warms up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            began, busy = time.perf_counter(), busy_seconds(processes)
            await way()
            times[name].append((time.perf_counter() - began, busy_seconds(processes) - busy))
    return {name: rounds[1:] for name, rounds in times.items()}


def busy_seconds(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(one.user + one.system for one in times)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
