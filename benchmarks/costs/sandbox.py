"""`python -m benchmarks.costs.sandbox`: what the engine's sandbox costs, and what `politeness="background"` leaves to
others.

Both are ratios of what is measured in turns on this machine, medians of several rounds.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Literal

from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker
from llama_worker.engine.threads.cpus import usable_cores

ROUNDS = 7
TOKENS = 200
SECONDS = 4.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = write_gguf(
            Path(folder) / "model.gguf", embedding_length=512, head_count=8, block_count=16, feed_forward_length=2048
        )
        print(asyncio.run(_cost(model)), _politeness(model), sep="\n\n")


async def _cost(model: Path) -> str:
    """Load and speed with and without the sandbox."""
    rounds = [(await _speed(model, sandbox=True), await _speed(model, sandbox=False)) for _ in range(ROUNDS)]
    lines = ["| | with the sandbox | without | ratio |", "| --- | ---: | ---: | ---: |"]
    for index, name in enumerate(("load, s", "tokens/s")):
        with_it = statistics.median(one[index] for one, _ in rounds)
        without = statistics.median(other[index] for _, other in rounds)
        lines.append(f"| {name} | {with_it:.2f} | {without:.2f} | {with_it / without:.2f} |")
    return "\n".join(lines)


async def _speed(model: Path, *, sandbox: bool) -> tuple[float, float]:
    async with LlamaWorker(sandbox=sandbox) as worker:
        began = time.monotonic()
        loaded = await worker.load_model(model, sequences=1)
        seconds = time.monotonic() - began
        reply = await loaded.complete("a", max_tokens=TOKENS)
        return seconds, reply.timings.tokens_per_second


def _politeness(model: Path) -> str:
    """How far a busy process on each core gets while an engine generates, against how far it gets alone."""
    shares: dict[str, list[float]] = {"normal": [], "background": []}
    for _ in range(ROUNDS):
        alone = _work(lambda: time.sleep(SECONDS))
        shares["normal"].append(_work(lambda: asyncio.run(_generate(model, "normal"))) / alone)
        shares["background"].append(_work(lambda: asyncio.run(_generate(model, "background"))) / alone)
    lines = ["| `politeness` | work that others get done |", "| --- | ---: |"]
    lines += [f"| {name} | {statistics.median(found):.0%} |" for name, found in shares.items()]
    return "\n".join(lines)


def _work(meanwhile: Callable[[], object]) -> float:
    """Steps a second of a busy process on each core."""
    counters = [multiprocessing.Value("Q", 0) for _ in range(usable_cores())]
    busy = [multiprocessing.Process(target=_count, args=(counter,), daemon=True) for counter in counters]
    for process in busy:
        process.start()
    began = time.monotonic()
    before = sum(counter.value for counter in counters)
    meanwhile()
    done = float(sum(counter.value for counter in counters) - before)
    seconds = time.monotonic() - began
    for process in busy:
        process.kill()
        process.join()
    return done / seconds


def _count(counter: Synchronized[int]) -> None:
    while True:
        sum(range(2000))
        counter.value += 1


async def _generate(model: Path, politeness: Literal["normal", "background"]) -> None:
    async with LlamaWorker(politeness=politeness) as worker:
        loaded = await worker.load_model(model, threads=usable_cores(), sequences=1)
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    await loaded.complete("a", max_tokens=TOKENS)
        except TimeoutError:
            return


if __name__ == "__main__":
    main()
