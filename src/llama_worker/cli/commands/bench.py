"""`llama-worker bench`: how fast a model is on this machine, by number of threads."""

from __future__ import annotations

import statistics

import click
import msgspec
from msgspec import Struct
from rich.table import Table

from ...engine.machine import usable_cores
from ...worker.worker import LlamaWorker
from ..terminal import Interrupts, console, run_async, stdout_console

_PROMPT = "The quick brown fox jumps over the lazy dog. "


class Speed(Struct, frozen=True, rename="camel"):
    """Medians, in tokens per second."""

    threads: int
    prompt_tokens_per_second: float
    completion_tokens_per_second: float


@click.command()
@click.argument("model")
@click.option("--threads", multiple=True, type=click.IntRange(1), help="May be repeated.  [default: 1 to all cores]")
@click.option("--prompt-tokens", default=256, show_default=True, type=click.IntRange(16), help="About so many.")
@click.option("--tokens", default=64, show_default=True, type=click.IntRange(1), help="Length of each answer.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="The median of so many counts.")
@click.option("--engine", default="auto", metavar="ENGINE", help="xllamacpp, or a llama-server executable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(
    model: str, threads: tuple[int, ...], prompt_tokens: int, tokens: int, rounds: int, engine: str, as_json: bool
) -> None:
    """Measure how fast MODEL reads and writes, interleaving the numbers of threads so that noise hits all alike."""
    counts = threads or tuple(range(1, usable_cores() + 1))
    speeds = run_async(_bench(model, counts, prompt_tokens, tokens, rounds, engine), Interrupts())
    if as_json:
        click.echo(msgspec.json.encode(speeds))
    else:
        _print(speeds)


async def _bench(
    name: str, counts: tuple[int, ...], prompt_tokens: int, tokens: int, rounds: int, engine: str
) -> list[Speed]:
    samples: dict[int, list[tuple[float, float]]] = {count: [] for count in counts}
    for turn in range(rounds):
        for count in counts:
            with console.status(f"round {turn + 1} of {rounds}, {count} threads"):
                samples[count].append(await _measure(name, count, prompt_tokens, tokens, engine))
    return [_median(count, pairs) for count, pairs in samples.items()]


async def _measure(name: str, threads: int, prompt_tokens: int, tokens: int, engine: str) -> tuple[float, float]:
    size = prompt_tokens + tokens + 256
    async with LlamaWorker(engine=engine) as worker:
        model = await worker.load_model(name, threads=threads, sequences=1, context_size=size)
        prompt = _PROMPT * (prompt_tokens // 12 + 1)
        reply = await model.complete(prompt[: prompt_tokens * 4], max_tokens=tokens, temperature=0)
    read = reply.usage.prompt_tokens - reply.usage.cached_tokens
    return read / max(reply.timings.prompt_seconds, 1e-9), reply.timings.tokens_per_second


def _median(threads: int, pairs: list[tuple[float, float]]) -> Speed:
    prompt, completion = zip(*pairs, strict=True)
    return Speed(threads, statistics.median(prompt), statistics.median(completion))


def _print(speeds: list[Speed]) -> None:
    table = Table(box=None)
    for title in ("threads", "prompt tokens/s", "answer tokens/s", ""):
        table.add_column(title, justify="left" if not title else "right")
    fastest = max(speed.completion_tokens_per_second for speed in speeds)
    for speed in speeds:
        bar = "█" * round(30 * speed.completion_tokens_per_second / fastest) if fastest else ""
        table.add_row(
            str(speed.threads),
            f"{speed.prompt_tokens_per_second:.1f}",
            f"{speed.completion_tokens_per_second:.1f}",
            bar,
        )
    stdout_console.print(table, highlight=False)
