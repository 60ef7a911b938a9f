"""Sides in turns, noisy samples once more, and sides that fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from benchmarks.measuring import rounds
from benchmarks.measuring.comparison import Comparison, Figures, Run, Side
from benchmarks.measuring.rounds import in_turn, measured

from llama_worker.cli.measuring.noise import Noise, own_seconds
from tests.benchmarks.made import comparison

NAMES = "abc"


def of_sides(asked: list[str], failing: str = "") -> Comparison:
    """`asked` hears who is measured."""

    def side(name: str) -> Side:
        async def measure() -> Figures:
            asked.append(name)
            if name == failing and asked.count(name) == 2:
                raise RuntimeError("It ended.")
            return {"speed": float(len(asked))}

        return Side(name, measure)

    @asynccontextmanager
    async def sides(run: Run) -> AsyncIterator[list[Side]]:
        yield [side(name) for name in NAMES]

    return comparison(sides=sides, rounds=4, quick_rounds=2, warm_up=1, pause=0.0)


@contextmanager
def quiet() -> Iterator[Noise]:
    yield Noise()


async def test_every_round_has_each_side_once_and_begins_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "listening", quiet)
    asked: list[str] = []
    result = await measured(of_sides(asked), Run())
    of_rounds = ["".join(asked[start : start + 3]) for start in range(0, len(asked), 3)]
    assert [sorted(one) for one in of_rounds] == [sorted(NAMES)] * 5
    assert len({one[0] for one in of_rounds}) == 3
    assert {len(samples) for samples in result.samples.values()} == {4}
    assert result.values("a", "speed")[0] > 3  # the warm-up is dropped


def test_rounds_go_backwards_when_every_side_has_begun_one() -> None:
    sides = [Side(name, lambda: pytest.fail("nobody is measured")) for name in NAMES]
    orders = ["".join(side.name for side in in_turn(sides, turn)) for turn in range(6)]
    assert orders == ["abc", "bca", "cab", "cba", "bac", "acb"]


async def test_a_noisy_sample_is_taken_again_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    noises = iter([1.0, 1.0, 1.0, 0.5, 0.0, *[1.0] * 100])

    @contextmanager
    def noisy() -> Iterator[Noise]:
        yield Noise(foreign=next(noises))

    monkeypatch.setattr(rounds, "listening", noisy)
    asked: list[str] = []
    result = await measured(of_sides(asked), Run(quick=True))
    assert asked[:8] == ["a", "b", "c", "b", "b", "c", "c", "c"]  # the warm-up does not count, "b" was quiet then
    assert len(asked) == 9 + 6  # as many repeats as samples that count, at most
    assert (result.noisy, result.count) == (5, 6)


async def test_a_side_that_is_very_slow_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "listening", quiet)
    monkeypatch.setattr(rounds, "_SLOW_SECONDS", 0.0)
    asked: list[str] = []
    result = await measured(of_sides(asked), Run())
    assert asked == [*NAMES]
    assert result.measured_once == [*NAMES]
    assert result.values("b", "speed") == [2.0] * 4


async def test_a_side_that_fails_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "listening", quiet)
    asked: list[str] = []
    result = await measured(of_sides(asked, failing="b"), Run())
    assert result.failures == {"b": "RuntimeError: It ended."}
    assert asked.count("b") == 2
    assert set(result.samples) == {"a", "c"}


async def test_what_cannot_be_set_up_is_told() -> None:
    @asynccontextmanager
    async def sides(run: Run) -> AsyncIterator[list[Side]]:
        raise OSError("No room.")
        yield []

    result = await measured(comparison(sides=sides), Run())
    assert result.failures == {"made": "OSError: No room."}


def test_own_work_is_counted() -> None:
    before = own_seconds()
    while own_seconds() - before < 0.03:  # a few ticks of the system's clock
        sum(range(10_000))


async def test_only_the_sides_that_are_wanted_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "listening", quiet)
    asked: list[str] = []
    result = await measured(of_sides(asked), Run(sides=("a*", "c")))
    assert set(asked) == set(result.samples) == {"a", "c"}


async def test_no_round_begins_that_would_end_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "listening", quiet)
    result = await measured(of_sides([]), Run(rounds=1000, seconds=1e-6))
    assert {len(samples) for samples in result.samples.values()} == {1}
