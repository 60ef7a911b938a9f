"""How many answers differ from what the same prompt gave before, with others computing beside it, and what it costs
that none does.

`python -m benchmarks.costs.reproducible [MODEL] [ANSWERS]`: each prompt is answered once with nothing beside it, then
again and again while three others generate in the same engine, with `reproducible` and without, greedy and sampled,
with a context of its own for each sequence and with one that all share. Without a model one with random weights is
made, whose answers are noise: near ties among tokens are common there, so small differences show.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker, Model

PROMPTS = [f"{'The llama of la li lo lu went to the sea. ' * count}Why {count}?" for count in (1, 3, 7, 12)]
TOKENS = 60


async def main() -> None:
    answers = int(sys.argv[2]) if len(sys.argv) > 2 else 160
    with tempfile.TemporaryDirectory() as folder:
        path = sys.argv[1] if len(sys.argv) > 1 else str(make(Path(folder) / "random.gguf"))
        print("cache    sampling   reproducible   differ   seconds for an answer", flush=True)
        for shared in (False, True):
            async with LlamaWorker() as worker:
                model = await worker.load_model(path, sequences=4, context_size=4096, kv_unified=shared)
                promises = (False,) if shared else (False, True)  # it is refused where all share a cache
                for temperature, reproducible in itertools.product((0.0, 1.0), promises):
                    options = {"temperature": temperature, "seed": 7, "max_tokens": TOKENS}
                    differ, seconds = await count(model, answers, options | {"reproducible": reproducible})
                    cache, sampling = "shared" if shared else "own", "sampled" if temperature else "greedy"
                    found = f"{differ:3} of {answers:4} {seconds:8.2f}"
                    print(f"{cache:8} {sampling:10} {reproducible!s:14} {found}", flush=True)


def make(path: Path) -> Path:
    return write_gguf(path, embedding_length=128, block_count=4, plain_text=True, endless=True)


async def count(model: Model, answers: int, options: dict[str, Any]) -> tuple[int, float]:
    """How many of so many answers are not what they were without noise, and how long one takes."""
    wanted = {prompt: (await ask(model, prompt, options)) for prompt in PROMPTS}
    async with noise(model):
        began = time.monotonic()
        differ = 0
        for prompt in itertools.islice(itertools.cycle(PROMPTS), answers):
            differ += await ask(model, prompt, options) != wanted[prompt]
        return differ, (time.monotonic() - began) / answers


async def ask(model: Model, prompt: str, options: dict[str, Any]) -> str:
    return (await model.complete(prompt, **options)).text


@asynccontextmanager
async def noise(model: Model) -> AsyncIterator[None]:
    """Three sessions that never stop asking."""
    tasks = [asyncio.create_task(chatter(model, number)) for number in range(3)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def chatter(model: Model, number: int) -> None:
    session = await model.create_session()
    for turn in itertools.count():
        await session.prompt(f"{number} talks about {turn}. " * (number + 1), max_tokens=20 + 7 * number)
        session.reset_chat_history()


if __name__ == "__main__":
    asyncio.run(main())
