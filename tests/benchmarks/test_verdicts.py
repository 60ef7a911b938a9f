"""Bars that hold, are missed, and cannot be judged."""

from __future__ import annotations

import pytest
from benchmarks.measuring.comparison import OTHERS, Bar
from benchmarks.measuring.verdict import judge

from tests.benchmarks.made import result

# Our second round is slow as everybody's is: only the ratio within the round tells who is faster.
SPEEDS = {"ours": [98.0, 49.0, 98.0], "bare": [100.0, 50.0, 100.0], "slow": [10.0, 5.0, 10.0]}


@pytest.mark.parametrize(
    ("bar", "held"),
    [
        (Bar("", "speed", "ours", OTHERS, at_least=0.97), True),
        (Bar("", "speed", "ours", OTHERS, at_least=0.99), False),
        (Bar("", "speed", "ours", ("slow",), at_least=9.7), True),
        (Bar("", "time", "ours", OTHERS, at_most=1.03), True),
        (Bar("", "time", "ours", OTHERS, at_most=1.01), False),
        (Bar("", "time", "ours", OTHERS, at_most_more=0.001), True),
        (Bar("", "time", "ours", OTHERS, at_most_more=0.0001), False),
        (Bar("", "time", "ours", at_most=0.0103), True),
        (Bar("", "time", "ours", at_most=0.01), False),
        (Bar("", "speed", "ours", ("absent",), at_least=1.0), None),
        (Bar("", "speed", "absent", at_least=1.0), None),
    ],
)
def test_a_bar(bar: Bar, held: bool | None) -> None:
    (verdict,) = judge(result(SPEEDS, bar))
    assert verdict.held is held
    assert bool(verdict.reason) is (held is None)


def test_the_best_of_the_others_counts_and_never_the_side_itself() -> None:
    (verdict,) = judge(result(SPEEDS, Bar("", "speed", "ours", ("ours", "slow", "b*"), at_least=0.5)))
    assert verdict.against == "bare"
    assert verdict.value is not None
    assert verdict.value.median == pytest.approx(0.98)


@pytest.mark.parametrize("failed", ["ours", "made"])
def test_a_side_that_failed_misses_its_bars_and_so_does_a_comparison(failed: str) -> None:
    measured = result({"bare": SPEEDS["bare"]}, Bar("", "speed", "ours", OTHERS, at_least=0.1))
    measured.failures[failed] = "It ended."
    (verdict,) = judge(measured)
    assert (verdict.held, verdict.reason) == (False, "It ended.")
