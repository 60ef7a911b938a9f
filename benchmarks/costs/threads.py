"""What a second thread brings beside others' work: speed with all cores over the speed with one thread, for one answer,
for four at once and while a prompt is read, beside a process that takes a part of one core.

`python -m benchmarks.costs.threads [ROUNDS]`: a model of 350 million random weights in two engines, in turns; medians.
Where a ratio falls below 1 that core is better left to others: `engine/threads/choice.py` has its limits from here.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from benchmarks.models.files import model_file
from llama_worker import LlamaWorker, Model
from llama_worker.engine.threads.cpus import usable_cores

SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
TOKENS = 24
# It ends with the process that started it, however that ends.
_LOAD = """
import os, sys, time
share, period, parent = float(sys.argv[1]), 0.02, os.getppid()
while os.getppid() == parent:
    began = time.perf_counter()
    while time.perf_counter() - began < share * period: pass
    if share < 1: time.sleep((1 - share) * period)
"""


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    path = str(await asyncio.to_thread(model_file, "350M"))
    async with LlamaWorker(num_threads=1) as one, LlamaWorker(num_threads=usable_cores()) as all_cores:
        models = [await worker.load_model(path, context_size=1024, batch_size=128) for worker in (all_cores, one)]
        print(f"{'share that others take of a core':34} {'one answer':>12} {'four':>8} {'reading':>10}")
        for share in SHARES:
            with others(share):
                ratios = [await ratio(measure, models, rounds) for measure in (answer, four, read)]
            print(f"{share:<34.0%} {ratios[0]:12.2f} {ratios[1]:8.2f} {ratios[2]:10.2f}", flush=True)


@contextmanager
def others(share: float) -> Iterator[None]:
    """A program of its own that takes that much of a core."""
    if not share:
        yield
        return
    with subprocess.Popen([sys.executable, "-c", _LOAD, str(share)], start_new_session=True) as process:
        try:
            yield
        finally:
            process.kill()


async def ratio(measure: Callable[[Model, int], Awaitable[float]], models: list[Model], rounds: int) -> float:
    """All cores over one thread."""
    ratios = []
    for number in range(rounds):
        speeds = [await measure(model, number) for model in models]
        ratios.append(speeds[0] / speeds[1])
    return statistics.median(ratios)


async def answer(model: Model, number: int) -> float:
    reply = await model.complete(f"once {number}", max_tokens=TOKENS, temperature=0)
    return reply.timings.tokens_per_second


async def four(model: Model, number: int) -> float:
    began = time.perf_counter()
    asked = [model.complete(f"{text} {number}", max_tokens=TOKENS, temperature=0) for text in "abcd"]
    for operation in asked:
        await operation
    return 1 / (time.perf_counter() - began)


async def read(model: Model, number: int) -> float:
    text = " ".join(f"{(number * 7919 + word * 31) % 997:03d}" for word in range(64))
    reply = await model.complete(text, max_tokens=1, temperature=0, cache_prompt=False)
    return 1 / reply.timings.prompt_seconds


if __name__ == "__main__":
    asyncio.run(main())
