"""Medians, spreads, ratios and percentiles."""

from __future__ import annotations

import pytest
from benchmarks.measuring.statistics import percentile, ratios, spread


def test_a_spread_has_quartiles_as_soon_as_there_are_enough_values() -> None:
    few, many = spread([3.0, 1.0, 2.0]), spread([5.0, 1.0, 2.0, 3.0, 4.0])
    assert (few.low, few.median, few.high) == (1.0, 2.0, 3.0)
    assert (many.low, many.median, many.high) == (2.0, 3.0, 4.0)
    with pytest.raises(ValueError, match="nothing"):
        spread([])


def test_ratios_are_those_of_a_round() -> None:
    assert ratios([1.0, 4.0, 0.0], [2.0, 2.0, 0.0]) == [0.5, 2.0, 1.0]
    assert ratios([1.0], [0.0]) == [float("inf")]


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.95, 95), (0.951, 96), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value
