"""Ratios within a round, and percentiles; medians and their spread are those of `llama-worker bench`."""

from __future__ import annotations

from collections.abc import Sequence

from llama_worker.cli.measuring.spread import Spread, spread

__all__ = ["Spread", "percentile", "ratios", "spread"]


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
