"""Medians with their spread."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec import Struct


class Spread(Struct, frozen=True, rename="camel"):
    """What some values are like; `low` and `high` are quartiles, with fewer than four values the least and the most."""

    median: float
    low: float
    high: float
    count: int


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError for no values."""
    if not values:
        raise ValueError("There is nothing to take a median of.")
    if len(values) < 4:
        return Spread(statistics.median(values), min(values), max(values), len(values))
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high, len(values))


def number(value: float) -> str:
    """As text with the digits that count: at most three, and none behind the point of a hundred or more."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 or value == 0 else f"{value:.3g}"


def with_spread(value: Spread) -> str:
    """The median, and the rest in brackets."""
    if value.low == value.high:
        return number(value.median)
    return f"{number(value.median)} ({number(value.low)} to {number(value.high)})"
