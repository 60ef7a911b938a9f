"""How figures are written."""

from __future__ import annotations

from benchmarks.measuring.comparison import Bar
from benchmarks.measuring.statistics import Spread
from benchmarks.measuring.verdict import Verdict


def number(value: float) -> str:
    """Three digits that count, and none behind the point that would only pretend."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 or value == 0 else f"{value:.3g}"


def with_spread(value: Spread) -> str:
    if value.low == value.high:
        return number(value.median)
    return f"{number(value.median)} ({number(value.low)} to {number(value.high)})"


def demanded(bar: Bar) -> str:
    """What a bar asks for: "≥ 0.97"."""
    parts = [f"≥ {number(bar.at_least)}"] if bar.at_least is not None else []
    most = bar.at_most if bar.at_most_more is None else bar.at_most_more
    return " and ".join([*parts, *([f"≤ {number(most)}"] if most is not None else [])])


def outcome(verdict: Verdict) -> str:
    if verdict.held is None:
        return "not judged"
    return "held" if verdict.held else "MISSED"


def compared(verdict: Verdict) -> str:
    """The measured value, or why there is none."""
    if verdict.value is None:
        return verdict.reason
    against = f" against {verdict.against}" if verdict.against else ""
    return with_spread(verdict.value) + against
