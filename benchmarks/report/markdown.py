"""The page that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.measuring.machine import Facts
from benchmarks.measuring.result import Result
from benchmarks.measuring.statistics import spread
from benchmarks.measuring.verdict import judge
from benchmarks.report.figures import compared, demanded, outcome
from benchmarks.report.headlines import headline_table
from benchmarks.report.plots import PLOTS, plot_name
from llama_worker.cli.measuring.spread import with_spread

_INTRODUCTION = """\
Last written by `{command}`; each comparison says when it was measured. Every figure is a median, in brackets its
quartiles. The sides of a comparison were measured in turns, and a ratio is the median of the ratios within a round. A
sample beside which another process computed, or the host took time away, was taken again. The models have random
weights, the prompts the statistics of a book.
"""


def page(command: str, machine: Facts, results: Sequence[Result]) -> str:
    """Markdown with a link to each plot, which lies beside it."""
    parts = [f"# Measured on {str(machine['date'])[:10]}", _INTRODUCTION.format(command=command)]
    sides, rows = headline_table(results)
    if rows:
        parts.append(_table(["", *sides], [[title, *cells] for title, cells in rows]))
    parts += ["## Bars", _bars(results), "## The machine", _machine(machine)]
    for result in results:
        parts += _comparison(result)
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _bars(results: Sequence[Result]) -> str:
    rows = [
        [verdict.comparison, verdict.bar.sentence, demanded(verdict.bar), compared(verdict), outcome(verdict)]
        for result in results
        for verdict in judge(result)
    ]
    return _table(["comparison", "bar", "asked", "measured", ""], rows) if rows else "None was asked for."


def _machine(machine: Facts) -> str:
    return _table(["", ""], [[name, str(value)] for name, value in machine.items()])


def _comparison(result: Result) -> Iterator[str]:
    comparison = result.comparison
    yield f"## {comparison.name}"
    yield comparison.sentence
    if result.samples:
        titles = [f"{figure.name}, {figure.unit}" for figure in comparison.figures]
        yield _table(["", *titles], [[side, *_figures(result, side)] for side in result.samples])
        yield f"{_noise(result)}. Measured {result.when}."
        yield from (
            f"![{comparison.name}: {figure.name}]({PLOTS}/{plot_name(result, figure)})" for figure in comparison.figures
        )
    for side, failure in result.failures.items():
        yield f"Failed: {side}: {failure}"
    settings = [[side, told] for side, values in result.settings.items() if (told := _settings(values))]
    if settings:
        yield _table(["side", "versions and settings"], settings)


def _figures(result: Result, side: str) -> list[str]:
    columns = [result.values(side, figure.name) for figure in result.comparison.figures]
    return [with_spread(spread(values)) if values else "" for values in columns]


def _noise(result: Result) -> str:
    rounds = max(len(samples) for samples in result.samples.values())
    noisy = f"{result.noisy} of {result.count} samples stayed noisy" if result.noisy else "no sample stayed noisy"
    once = f"; measured once, as it takes so long: {', '.join(result.measured_once)}" if result.measured_once else ""
    return f"{rounds} rounds in {result.seconds:.0f} s; {result.repeated} samples were taken again, {noisy}{once}"


def _settings(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value not in (None, "", {}, []))


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
