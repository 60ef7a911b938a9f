"""`llama-worker bench`: how fast a model is on this machine, as it comes and by number of threads."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ....config.groups import MODEL, WORKER, read_options, with_flags
from ....engine.threads.cpus import usable_cores
from ....errors import InvalidOptionsError
from ....options import LlamaOptions, ModelOptions, build_options
from ...interrupts import Interrupts, run_async
from ...measuring.samples import Plan, Sample, take
from ...measuring.speeds import Speed, speed_of, table_of
from ...model_names import MODEL as MODEL_NAME
from ...named_options import listing, named_options
from ...output.consoles import console
from ...output.documents import print_json
from ...output.tables import print_table

_GROUPS = (MODEL, WORKER)
_MOST_TRIES = 2
Samples = dict[int | None, list[Sample]]


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.option(
    "--threads",
    multiple=True,
    type=click.IntRange(1),
    help="Compare with so many; may be repeated.  [default: 1, 2, 4 ... all cores]",
)
@click.option("--prompt-tokens", default=256, show_default=True, type=click.IntRange(16), help="About so many.")
@click.option("--tokens", default=64, show_default=True, type=click.IntRange(2), help="Length of each answer.")
@click.option("--chats", default=8, show_default=True, type=click.IntRange(0), help="So many at once; 0 for none.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="The median of so many counts.")
@click.option("--engine", metavar="ENGINE", help="xllamacpp, or a llama-server executable.  [default: auto]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@named_options
def bench(
    model: str,
    threads: tuple[int, ...],
    prompt_tokens: int,
    tokens: int,
    chats: int,
    rounds: int,
    engine: str | None,
    as_json: bool,
    options: tuple[str, ...],
) -> None:
    """Measure how fast MODEL reads, answers, and chats with several at once: with the threads that follow the machine,
    and with fixed numbers of them, in turns, so that noise hits all alike."""
    given = read_options(options, _GROUPS)
    if "threads" in given[ModelOptions]:
        raise InvalidOptionsError("threads is what is compared: give --threads, as often as you like.", path="threads")
    sizes = {"sequences": max(chats, 1), "context_size": 2 * prompt_tokens + tokens + 256}
    plan = Plan(
        model=model,
        llama=build_options(LlamaOptions, None, with_flags(given[LlamaOptions], engine=engine)),
        options=build_options(ModelOptions, None, sizes | given[ModelOptions]),
        prompt_tokens=prompt_tokens,
        tokens=tokens,
        chats=chats,
    )
    sides = (None, *dict.fromkeys(threads or _powers_of_two(usable_cores())))
    samples = run_async(_in_turns(plan, sides, rounds), Interrupts())
    _print([speed_of(count, of_side) for count, of_side in samples.items()], samples, as_json)


def _powers_of_two(most: int) -> tuple[int, ...]:
    """Up to `most`, and that itself."""
    return (*(1 << power for power in range(most.bit_length()) if 1 << power < most), most)


async def _in_turns(plan: Plan, sides: Sequence[int | None], rounds: int) -> Samples:
    """A sample of each side in each round, of which every other one goes backwards."""
    samples: Samples = {side: [] for side in sides}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console.rich, transient=True) as bar:
        task = bar.add_task(escape(plan.model), total=rounds * len(sides))
        for turn in range(rounds):
            for side in sides if turn % 2 == 0 else sides[::-1]:
                bar.update(task, description=f"round {turn + 1} of {rounds}, {_name(side)}")
                samples[side].append(await _quietest(plan, side, turn))
                bar.advance(task)
    return samples


async def _quietest(plan: Plan, side: int | None, turn: int) -> Sample:
    """A sample beside which others computed is taken once more."""
    best = await take(plan, side, turn)
    for again in range(1, _MOST_TRIES):
        if best.noise.noisy:
            best = min(best, await take(plan, side, turn + 1000 * again), key=lambda one: one.noise.cores)
    return best


def _name(side: int | None) -> str:
    return "as it comes" if side is None else f"{side} threads"


def _print(speeds: list[Speed], samples: Samples, as_json: bool) -> None:
    if as_json:
        print_json(speeds)
    else:
        print_table(*table_of(speeds))
    noisy = [sample.noise for of_side in samples.values() for sample in of_side if sample.noise.noisy]
    if noisy:
        most = max(noise.cores for noise in noisy)
        total = sum(map(len, samples.values()))
        console.print(
            f"Beside {len(noisy)} of {total} samples others had up to {most:.1f} cores: a quiet machine is faster.",
            style="yellow",
            highlight=False,
        )
