"""How fast one engine is beside another on this machine."""

from __future__ import annotations

import asyncio
import random
import statistics
import string
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec import Struct

from ..engine.machine import usable_cores
from ..models.gguf.random_model import write_random_model
from ..worker.model import Model
from ..worker.worker import LlamaWorker

_ROUNDS = 5
_PROMPT, _ANSWER = 256, 16  # tokens: about a quarter of a second together


class SpeedRatio(Struct, frozen=True):
    """How many times as fast the first engine reads prompts and writes answers: medians of the ratios in each round."""

    reading: float
    writing: float


async def compare_engines(engine: str, other: str) -> SpeedRatio:
    """Both measured in turns with one model of random weights (Q8_0), with as many threads as there are cores.

    Raises `LlamaWorkerError` when either cannot run it, and OSError when the model cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="llama-worker-") as folder:
        path = Path(folder) / "random.gguf"
        await asyncio.to_thread(write_random_model, path)
        async with AsyncExitStack() as workers:
            models = [await _load(workers, each, path) for each in (engine, other)]
            rounds = [[await _speeds(model) for model in models] for _ in range(_ROUNDS + 1)][1:]
    ratios = [(ours[0] / theirs[0], ours[1] / theirs[1]) for ours, theirs in rounds]
    reading, writing = map(statistics.median, zip(*ratios, strict=True))
    return SpeedRatio(reading, writing)


async def _load(workers: AsyncExitStack, engine: str, path: Path) -> Model:
    worker = await workers.enter_async_context(LlamaWorker(engine=engine))
    threads = usable_cores()
    return await worker.load_model(path, sequences=1, context_size=512, threads=threads, batch_size=_PROMPT)


async def _speeds(model: Model) -> tuple[float, float]:
    """Tokens per second of a prompt that it has not read before, and of its answer, by the engine's own clock."""
    prompt = "".join(random.choices(string.ascii_lowercase, k=_PROMPT - 2))  # noqa: S311 - noise
    reply = await model.complete(
        prompt, max_tokens=_ANSWER, temperature=0, cache_prompt=False, engine_options={"ignore_eos": True}
    )
    return reply.usage.prompt_tokens / reply.timings.prompt_seconds, reply.timings.tokens_per_second
