"""What an engine's settings do to its speed: tokens a second read and written, and how long the longest batch takes,
which is what an abort waits for. docs/tuning.md has what came of it.

`python -m benchmarks.costs.engine_settings MODEL SETTING=VALUE[,SETTING=VALUE...]...`: one engine for each word, such
as `batch_size=64,threads=2`, all of them alive and asked in turns; medians. MODEL is a GGUF file. Cores that were busy
say whether something else computed: less than `threads` is a disturbed round. Without arguments: sizes of batches of
the built-in model.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from typing import Any

import click
import psutil
from msgspec import Struct, convert, json

from llama_worker.engine.api.endpoints import COMPLETION
from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.store.files import builtin_path

_BASE = {"context_size": 4096, "sequences": 1, "batch_size": 512, "threads": 2}
_SIZES = tuple(f"batch_size={size}" for size in (32, 64, 128, 256, 512))
_FEWEST_WRITTEN = 8


class Sample(Struct):
    """Of one request: tokens a second read and written, seconds of the longest batch, cores that were busy."""

    read: float
    written: float
    batch_seconds: float
    cores: float


@click.command()
@click.argument("model", default=str(builtin_path()))
@click.argument("words", nargs=-1)
@click.option("--prompt-tokens", default=512, show_default=True)
@click.option("--tokens", default=1, show_default=True, help=f"Of the answer; from {_FEWEST_WRITTEN} on it is timed.")
@click.option("--rounds", default=3, show_default=True)
def main(model: str, words: tuple[str, ...], prompt_tokens: int, tokens: int, rounds: int) -> None:
    """Compare the settings of WORDS."""
    asyncio.run(_compare(model, words or _SIZES, prompt_tokens, tokens, rounds))


async def _compare(model: str, words: tuple[str, ...], prompt_tokens: int, tokens: int, rounds: int) -> None:
    vocabulary = read_header(model).vocab_size
    prompt = [7919 * place % (vocabulary - 300) for place in range(prompt_tokens)]
    samples: dict[str, list[Sample]] = {word: [] for word in words}
    async with AsyncExitStack() as stack:
        engines = {}
        for word in words:
            engines[word] = engine = await Engine.start(settings_of(model, word), choose_engine())
            stack.push_async_callback(engine.stop)
        for turn in range(rounds):
            for word in words if turn % 2 == 0 else reversed(words):
                samples[word].append(await _sample(engines[word], prompt, tokens))
    _print(samples, tokens)


def settings_of(model: str, word: str) -> EngineSettings:
    changes = dict(one.split("=", 1) for one in word.split(","))
    flash = {"true": True, "false": False}
    converted = {name: flash.get(value, value) for name, value in changes.items()}
    return convert({"model_path": model, **_BASE, **converted}, EngineSettings, strict=False)


async def _sample(engine: Engine, prompt: list[int], tokens: int) -> Sample:
    body = {"prompt": prompt, "n_predict": tokens, "cache_prompt": False, "ignore_eos": True, "timings_per_token": True}
    process, longest, timings = psutil.Process(engine.pid), 0.0, dict[str, float]()
    before, began = process.cpu_times(), time.perf_counter()
    last = began
    async with engine.stream(COMPLETION, body) as events:
        async for event in events:
            decoded: dict[str, Any] = json.decode(event)
            longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
            timings = decoded.get("timings", timings)
    after = process.cpu_times()
    cores = (after.user + after.system - before.user - before.system) / (time.perf_counter() - began)
    read = timings["prompt_n"] / timings["prompt_ms"] * 1000
    return Sample(read, timings.get("predicted_per_second") or 0.0, longest, cores)


def _print(samples: dict[str, list[Sample]], tokens: int) -> None:
    best = max(_median(ones, "read") for ones in samples.values())
    print(f"{'':45} {'read/s':>9} {'of best':>8} {'spread':>7} {'batch':>8} {'written/s':>10} {'cores':>6}")
    for word, ones in samples.items():
        read, spread = _median(ones, "read"), max(one.read for one in ones) / min(one.read for one in ones)
        written = f"{_median(ones, 'written'):10.1f}" if tokens >= _FEWEST_WRITTEN else " " * 10
        batch, cores = _median(ones, "batch_seconds"), _median(ones, "cores")
        print(f"{word:45} {read:9.1f} {read / best:8.2f} {spread:7.2f} {batch:6.2f} s {written} {cores:6.2f}")


def _median(samples: list[Sample], name: str) -> float:
    return statistics.median(float(getattr(sample, name)) for sample in samples)


if __name__ == "__main__":
    main()
