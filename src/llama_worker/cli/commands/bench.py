"""`llama-worker bench`: how fast a model is on this machine, by number of threads."""

from __future__ import annotations

import statistics

import click
import msgspec
from msgspec import Struct
from rich.table import Table

from ...config.groups import MODEL, WORKER, read_options, with_flags
from ...engine.threads.cpus import usable_cores
from ...errors import InvalidOptionsError
from ...options import LlamaOptions, ModelOptions, build_options
from ...worker.worker import LlamaWorker
from ..named_options import listing, named_options
from ..terminal import Interrupts, console, run_async, stdout_console

_GROUPS = (MODEL, WORKER)
_PROMPT = "The quick brown fox jumps over the lazy dog. "


class Speed(Struct, frozen=True, rename="camel"):
    """Medians, in tokens per second."""

    threads: int
    prompt_tokens_per_second: float
    completion_tokens_per_second: float


class _Measured(Struct, frozen=True):
    """What is measured, with each number of threads."""

    model: str
    llama: LlamaOptions
    options: ModelOptions
    prompt_tokens: int
    tokens: int


@click.command(cls=listing(_GROUPS))
@click.argument("model")
@click.option("--threads", multiple=True, type=click.IntRange(1), help="May be repeated.  [default: 1 to all cores]")
@click.option("--prompt-tokens", default=256, show_default=True, type=click.IntRange(16), help="About so many.")
@click.option("--tokens", default=64, show_default=True, type=click.IntRange(1), help="Length of each answer.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="The median of so many counts.")
@click.option("--engine", metavar="ENGINE", help="xllamacpp, or a llama-server executable.  [default: auto]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@named_options
def bench(
    model: str,
    threads: tuple[int, ...],
    prompt_tokens: int,
    tokens: int,
    rounds: int,
    engine: str | None,
    as_json: bool,
    options: tuple[str, ...],
) -> None:
    """Measure how fast MODEL reads and writes, interleaving the numbers of threads so that noise hits all alike."""
    given = read_options(options, _GROUPS)
    if "threads" in given[ModelOptions]:
        raise InvalidOptionsError("threads is what is compared: give --threads, as often as you like.", path="threads")
    sizes = {"sequences": 1, "context_size": prompt_tokens + tokens + 256}
    measured = _Measured(
        model=model,
        llama=build_options(LlamaOptions, None, with_flags(given[LlamaOptions], engine=engine)),
        options=build_options(ModelOptions, None, sizes | given[ModelOptions]),
        prompt_tokens=prompt_tokens,
        tokens=tokens,
    )
    counts = threads or tuple(range(1, usable_cores() + 1))
    speeds = run_async(_bench(measured, counts, rounds), Interrupts())
    if as_json:
        click.echo(msgspec.json.encode(speeds))
    else:
        _print(speeds)


async def _bench(measured: _Measured, counts: tuple[int, ...], rounds: int) -> list[Speed]:
    samples: dict[int, list[tuple[float, float]]] = {count: [] for count in counts}
    for turn in range(rounds):
        for count in counts:
            with console.status(f"round {turn + 1} of {rounds}, {count} threads"):
                samples[count].append(await _measure(measured, count))
    return [_median(count, pairs) for count, pairs in samples.items()]


async def _measure(measured: _Measured, threads: int) -> tuple[float, float]:
    async with LlamaWorker(measured.llama) as worker:
        model = await worker.load_model(measured.model, measured.options, threads=threads)
        prompt = _PROMPT * (measured.prompt_tokens // 12 + 1)
        reply = await model.complete(prompt[: measured.prompt_tokens * 4], max_tokens=measured.tokens, temperature=0)
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
