"""The first table of all: a row for each headline, a column for each side."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.measuring.result import Result
from benchmarks.measuring.statistics import spread
from llama_worker.cli.measuring.spread import number

Row = tuple[str, list[str]]


def headline_table(results: Sequence[Result]) -> tuple[list[str], list[Row]]:
    """The sides, and for each row its medians as text, the best in bold; "" for a side that was not measured."""
    sides = list(dict.fromkeys(side for result in results if result.comparison.headlines for side in result.samples))
    rows = [
        (f"{title}, {_unit(result, figure)}", _cells(result, figure, sides))
        for result in results
        for figure, title in result.comparison.headlines.items()
    ]
    return sides, rows


def _unit(result: Result, name: str) -> str:
    return next(figure.unit for figure in result.comparison.figures if figure.name == name)


def _cells(result: Result, name: str, sides: Sequence[str]) -> list[str]:
    medians = {side: spread(values).median for side in sides if (values := result.values(side, name))}
    higher = any(figure.name == name and figure.better == "higher" for figure in result.comparison.figures)
    best = (max if higher else min)(medians.values(), default=None)
    texts = {side: number(median) for side, median in medians.items()}
    return [f"**{texts[side]}**" if medians.get(side) == best else texts.get(side, "") for side in sides]
