"""Whether a bar holds."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from fnmatch import fnmatchcase

from benchmarks.measuring.comparison import Bar
from benchmarks.measuring.result import Result
from benchmarks.measuring.statistics import Spread, ratios, spread


@dataclass(frozen=True)
class Verdict:
    """`held` is None when there was nothing to compare with. `against` is the side that was compared with, if any."""

    comparison: str
    bar: Bar
    held: bool | None
    value: Spread | None = None
    against: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.comparison}: {self.bar.sentence}"


def judge(result: Result) -> list[Verdict]:
    """Each bar of the comparison."""
    return [_judge(result, bar) for bar in result.comparison.bars]


def _judge(result: Result, bar: Bar) -> Verdict:
    name = result.comparison.name
    values = result.values(bar.side, bar.figure)
    if not values:
        failures = result.failures
        reason = failures.get(bar.side) or failures.get(name)
        absent = reason is None and bar.side not in result.settings
        return Verdict(name, bar, None if absent else False, reason=reason or f"{bar.side} is not there.")
    if not bar.over:
        return _verdict(result, bar, values, "")
    best = best_of(result, bar)
    if best is None:
        return Verdict(name, bar, None, reason=f"None of {', '.join(bar.over)} is there.")
    others = result.values(best, bar.figure)
    if bar.at_most_more is not None:
        return _verdict(result, bar, [one - other for one, other in zip(values, others, strict=True)], best)
    return _verdict(result, bar, ratios(values, others), best)


def best_of(result: Result, bar: Bar) -> str | None:
    """The side with the best median among those that `over` names."""
    higher = any(figure.name == bar.figure and figure.better == "higher" for figure in result.comparison.figures)
    there = {
        side: statistics.median(values)
        for side in result.samples
        if side != bar.side
        and any(fnmatchcase(side, pattern) for pattern in bar.over)
        and (values := result.values(side, bar.figure))
    }
    if not there:
        return None
    return (max if higher else min)(there, key=lambda side: there[side])


def _verdict(result: Result, bar: Bar, values: list[float], against: str) -> Verdict:
    value = spread(values)
    most = bar.at_most if bar.at_most_more is None else bar.at_most_more
    held = (bar.at_least is None or value.median >= bar.at_least) and (most is None or value.median <= most)
    return Verdict(result.comparison.name, bar, held, value, against)
