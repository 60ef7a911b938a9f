"""What the person who waits sees: a line that tells how far it is, then the table and the bars."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from benchmarks.measuring.result import Result
from benchmarks.measuring.statistics import spread
from benchmarks.measuring.verdict import Verdict
from benchmarks.report.figures import compared, demanded, outcome
from benchmarks.report.headlines import headline_table
from llama_worker.cli.measuring.spread import with_spread


def progress_bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def print_result(console: Console, result: Result) -> None:
    """One comparison's medians."""
    console.print(f"\n{result.comparison.name}: {result.comparison.sentence}", markup=False, highlight=False)
    table = Table(box=None)
    table.add_column("")
    for figure in result.comparison.figures:
        table.add_column(f"{figure.name}, {figure.unit}", justify="right")
    for side in result.samples:
        values = [result.values(side, figure.name) for figure in result.comparison.figures]
        table.add_row(side, *[with_spread(spread(one)) if one else "" for one in values])
    console.print(table, highlight=False)
    for side, failure in result.failures.items():
        console.print(f"failed: {side}: {failure}", style="red", markup=False, highlight=False)
    if result.noisy:
        console.print(f"{result.noisy} of {result.count} samples stayed noisy.", style="yellow")


def print_summary(console: Console, results: Sequence[Result], verdicts: Sequence[Verdict]) -> None:
    """The first table, then the bars."""
    sides, rows = headline_table(results)
    if rows:
        table = Table(box=None)
        table.add_column("")
        for side in sides:
            table.add_column(side, justify="right")
        for title, cells in rows:
            table.add_row(title, *[cell.replace("**", "") for cell in cells])
        console.print(table, highlight=False)
    for verdict in verdicts:
        style = {True: "green", False: "bold red", None: "dim"}[verdict.held]
        line = f"{outcome(verdict):10} {verdict.name} ({demanded(verdict.bar)}): {compared(verdict)}"
        console.print(line, style=style, markup=False, highlight=False)
