"""Medians, and ratios within a round, with their spread."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
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


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Of the values of the same round; nothing over 0 counts as infinite, and 0 over 0 as 1."""
    return [_ratio(one, other) for one, other in zip(ones, others, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so much (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def _ratio(one: float, other: float) -> float:
    if other:
        return one / other
    return float("inf") if one else 1.0
