"""Which CPUs are chosen, given what others do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llama_worker.engine.threads.choice import MOST_TAKEN, choose_cpus
from llama_worker.engine.threads.cpus import Core
from llama_worker.engine.threads.phases import Phase, Phases

TWO = (Core((0,)), Core((1,)))
FOUR = (Core((0, 4)), Core((1, 5)), Core((2, 6)), Core((3, 7)))
NONE: frozenset[int] = frozenset()


def test_all_that_are_free() -> None:
    assert choose_cpus(TWO, {0: 0.0, 1: 0.05}, Phase.ONE, 2, NONE) == {0, 1}


def test_one_that_others_need_is_left() -> None:
    assert choose_cpus(TWO, {0: 1.0, 1: 0.0}, Phase.ONE, 2, frozenset({0, 1})) == {1}


def test_reading_takes_what_answering_leaves() -> None:
    taken = {0: 0.45, 1: 0.0}
    assert choose_cpus(TWO, taken, Phase.READING, 2, NONE) == {0, 1}
    assert choose_cpus(TWO, taken, Phase.SEVERAL, 2, NONE) == {1}
    assert choose_cpus(TWO, taken, Phase.ONE, 2, NONE) == {1}


def test_where_none_is_free_the_freest() -> None:
    assert choose_cpus(TWO, {0: 0.9, 1: 0.8}, Phase.READING, 2, NONE) == {1}


def test_one_of_each_core() -> None:
    chosen = choose_cpus(FOUR, {}, Phase.ONE, 4, NONE)
    assert chosen == {0, 1, 2, 3}
    assert choose_cpus(FOUR, {0: 0.3}, Phase.READING, 4, NONE) == {4, 1, 2, 3}


def test_work_on_the_other_hyper_thread_costs_half() -> None:
    assert choose_cpus(FOUR, {0: 1.0, 4: 0.0}, Phase.ONE, 4, NONE) == {1, 2, 3}


def test_engines_begin_at_different_cores() -> None:
    assert choose_cpus(TWO, {0: 1.0, 1: 1.0}, Phase.ONE, 2, NONE, turn=0) == {0}
    assert choose_cpus(TWO, {0: 1.0, 1: 1.0}, Phase.ONE, 2, NONE, turn=1) == {1}


def test_one_in_use_is_kept_while_it_wavers() -> None:
    border = MOST_TAKEN[Phase.ONE] + 0.05
    assert choose_cpus(TWO, {0: border, 1: 0.0}, Phase.ONE, 2, frozenset({0, 1})) == {0, 1}
    assert choose_cpus(TWO, {0: border, 1: 0.0}, Phase.ONE, 2, frozenset({1})) == {1}


shares = st.dictionaries(st.integers(0, 7), st.floats(0, 1), max_size=8)


@given(shares, st.sampled_from(Phase), st.integers(1, 8), st.sets(st.integers(0, 7)), st.integers(0, 99999))
def test_there_always_is_one_and_never_two_of_a_core(
    taken: dict[int, float], phase: Phase, most: int, now: set[int], turn: int
) -> None:
    chosen = choose_cpus(FOUR, taken, phase, most, frozenset(now), turn)
    assert 1 <= len(chosen) <= most
    assert len({cpu % 4 for cpu in chosen}) == len(chosen)


def test_the_phase_is_what_most_of_the_work_is() -> None:
    phases, seen = Phases(), list[Phase]()
    phases.begin()
    seen.append(phases.now)
    phases.answer()
    seen.append(phases.now)
    for _ in range(2):
        phases.begin()
        phases.answer()
    seen.append(phases.now)
    phases.end(answering=True)
    seen.append(phases.now)
    assert seen == [Phase.READING, Phase.ONE, Phase.SEVERAL, Phase.ONE]


def test_whoever_asked_is_counted_until_the_end() -> None:
    phases = Phases()
    assert not (working := phases.working), working
    phases.begin()
    assert (working := phases.working), working
    phases.end(answering=False)
    assert not (working := phases.working), working
