"""What stands before costs: how fast an engine reads and writes after so many tokens, and how long a short question
takes there when all of that is in its cache. docs/tuning.md has what came of it.

`python -m benchmarks.costs.long_contexts MODEL POINTS SETTING=VALUE[,SETTING=VALUE...]...`: POINTS such as
`512,1024,2048`; one engine for each word, asked in turns. Nothing is repeated, as reading takes minutes: compare within
one run, on a quiet machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import click
from msgspec import json

from benchmarks.costs.engine_settings import settings_of
from llama_worker.engine.api.endpoints import COMPLETION
from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.models.gguf.inspect import read_header

_WRITTEN, _QUESTION = 10, 40


@click.command()
@click.argument("model")
@click.argument("points", default="512,1024,2048")
@click.argument("words", nargs=-1)
def main(model: str, points: str, words: tuple[str, ...]) -> None:
    """Compare the settings of WORDS after so many tokens."""
    chosen = words or ("batch_size=128", "batch_size=128,flash_attention=false")
    asyncio.run(_compare(model, [int(point) for point in points.split(",")], chosen))


async def _compare(model: str, points: Sequence[int], words: Sequence[str]) -> None:
    vocabulary = read_header(model).vocab_size
    prompt = [7919 * place % (vocabulary - 300) for place in range(points[-1])]
    question = [7919 * (place + 77) % (vocabulary - 300) for place in range(_QUESTION)]
    cells = f"context_size={points[-1] + 256},"
    async with AsyncExitStack() as stack:
        engines = []
        for word in words:
            engines.append(await Engine.start(settings_of(model, cells + word), choose_engine()))
            stack.push_async_callback(engines[-1].stop)
        for point in points:
            read = [await _timings(engine, prompt[:point], 0) for engine in engines]
            for word, engine, there in zip(words, engines, read, strict=True):
                written = (await _timings(engine, prompt[:point], _WRITTEN))["predicted_per_second"]
                asked = await _timings(engine, prompt[:point] + question, 0)
                print(
                    f"{word:45} to {point:6}: read {there['prompt_n'] / there['prompt_ms'] * 1000:6.1f}/s, "
                    f"writes {written:5.1f}/s, a question of {asked['prompt_n']} tokens {asked['prompt_ms']:6.0f} ms"
                )


async def _timings(engine: Engine, prompt: list[int], tokens: int) -> dict[str, Any]:
    body = {"prompt": prompt, "n_predict": tokens, "ignore_eos": True, "timings_per_token": True, "temperature": 0}
    timings: dict[str, Any] = {}
    async with engine.stream(COMPLETION, body) as events:
        async for event in events:
            timings = json.decode(event).get("timings", timings)
    return timings


if __name__ == "__main__":
    main()
