"""`python -m benchmarks [NAME...]` (`make bench`): the comparisons, all or those named, and whether the bars hold."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from benchmarks.comparisons import all_comparisons
from benchmarks.measuring.comparison import Comparison, Run
from benchmarks.measuring.machine import describe
from benchmarks.measuring.result import Result
from benchmarks.measuring.rounds import measured
from benchmarks.measuring.verdict import judge
from benchmarks.report.earlier import earlier_results, joined
from benchmarks.report.terminal import print_result, print_summary, progress_bar
from benchmarks.report.writing import RESULTS, write_report

_FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"
_WIDTH = 160  # of what goes into a file


@click.command()
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="Few rounds; nothing is written unless --folder says where.")
@click.option("--peers", is_flag=True, help="Against every contestant that is set up, not only the bare engine.")
@click.option("--rounds", default=0, type=click.IntRange(0), help="So many of each comparison; 0 for its own number.")
@click.option("--model", default="", help="A file to measure in place of those of random weights.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the report goes.  [default: docs/benchmarks]")
@click.option("--add", is_flag=True, help="Keep what an earlier run has written of comparisons that are not named now.")
@click.option("--more", is_flag=True, help="As --add; to a comparison that is there, further rounds of the same sides.")
@click.option("--seconds", default=0.0, type=click.FloatRange(0), help="Of each comparison as many rounds as fit.")
@click.option("--side", "sides", multiple=True, help="Only these sides, by patterns as of file names: 'ours*'.")
@click.option("--list", "only_list", is_flag=True, help="Name the comparisons and end.")
def main(
    names: tuple[str, ...],
    quick: bool,
    peers: bool,
    rounds: int,
    model: str,
    folder: Path | None,
    add: bool,
    more: bool,
    seconds: float,
    sides: tuple[str, ...],
    only_list: bool,
) -> None:
    """Measure the comparisons of NAMES, or all. Ends with 1 when a bar is missed, and names it."""
    chosen = _chosen(names)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    if only_list:
        for comparison in chosen:
            console.print(f"{comparison.name}: {comparison.sentence}", highlight=False, markup=False)
        return
    run = Run(quick=quick, peers=peers, rounds=rounds, model=model, seconds=seconds, sides=sides)
    target = folder or (None if quick or (names and not (add or more)) else _FOLDER)
    results = asyncio.run(_all(chosen, run, console))
    if target and more:
        results = _with_earlier(target, results)
    verdicts = [verdict for result in results for verdict in judge(result)]
    print_summary(console, results, verdicts)
    if target:
        named = {one.name for one in chosen}
        kept = earlier_results(target / RESULTS, all_comparisons(), named) if add or more else []
        write_report(target, _command(run, names), describe(), in_order([*results, *kept]))
    missed = [verdict.name for verdict in verdicts if verdict.held is False]
    failed = [result.comparison.name for result in results if result.comparison.name in result.failures]
    for name in [*missed, *failed]:
        console.print(f"missed: {name}", style="bold red", markup=False, highlight=False)
    sys.exit(1 if missed or failed else 0)


def _with_earlier(folder: Path, results: Sequence[Result]) -> list[Result]:
    there = {one.comparison.name: one for one in earlier_results(folder / RESULTS, all_comparisons(), ())}
    return [joined(there[name], one) if (name := one.comparison.name) in there else one for one in results]


def in_order(results: Sequence[Result]) -> list[Result]:
    """As `--list` has them."""
    places = {comparison.name: place for place, comparison in enumerate(all_comparisons())}
    return sorted(results, key=lambda result: places[result.comparison.name])


def _chosen(names: Sequence[str]) -> list[Comparison]:
    every = {comparison.name: comparison for comparison in all_comparisons()}
    if unknown := [name for name in names if name not in every]:
        raise click.UsageError(f"There is no comparison {unknown[0]!r}; there are {', '.join(every)}.")
    return [every[name] for name in names or every]


async def _all(chosen: Sequence[Comparison], run: Run, console: Console) -> list[Result]:
    results: list[Result] = []
    with progress_bar(console) as bar:
        for number, comparison in enumerate(chosen, 1):
            task = bar.add_task(comparison.name)

            def tell(what: str, done: int, total: int) -> None:
                title = f"{number} of {len(chosen)}, {comparison.name}: {what}"  # noqa: B023
                bar.update(task, description=title, completed=done, total=total)  # noqa: B023

            results.append(await measured(comparison, run, tell))
            bar.remove_task(task)
            print_result(console, results[-1])
    return results


def _command(run: Run, names: Sequence[str]) -> str:
    flags = [*(["--quick"] if run.quick else []), *(["--peers"] if run.peers else [])]
    flags += ["--rounds", str(run.rounds)] if run.rounds else []
    flags += ["--model", run.model] if run.model else []
    flags += ["--seconds", f"{run.seconds:g}"] if run.seconds else []
    flags += [word for pattern in run.sides for word in ("--side", pattern)]
    return shlex.join(["python", "-m", "benchmarks", *flags, *names])


if __name__ == "__main__":
    main()
