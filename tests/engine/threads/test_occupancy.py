"""What others do is what the kernel has counted, less the engine's own work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llama_worker.engine.threads.occupancy import Look, Occupancy, shares_of_others

IDLE = Look({0: (100, 1000), 1: (100, 1000)}, {7: (50, 0), 8: (50, 1)})


def later(busy: dict[int, int], own: dict[int, tuple[int, int]]) -> Look:
    """100 ticks later; `own` are the threads' further ticks and where they are now."""
    cpus = {cpu: (100 + busy[cpu], 1100) for cpu in (0, 1)}
    return Look(cpus, {thread: (50 + ticks, cpu) for thread, (ticks, cpu) in own.items()})


def test_own_work_is_no_work_of_others() -> None:
    look = later({0: 90, 1: 80}, {7: (90, 0), 8: (80, 1)})
    assert shares_of_others(IDLE, look) == {0: 0.0, 1: 0.0}


def test_work_beside_it_counts() -> None:
    look = later({0: 100, 1: 30}, {7: (40, 0), 8: (30, 1)})
    assert shares_of_others(IDLE, look) == {0: pytest.approx(0.6), 1: 0.0}


def test_what_a_thread_did_before_it_moved_is_own_work_too() -> None:
    look = later({0: 60, 1: 100}, {7: (60, 1), 8: (100, 1)})
    assert shares_of_others(IDLE, look) == {0: 0.0, 1: 0.0}


def test_a_new_thread_counts_from_its_beginning() -> None:
    look = Look({0: (150, 1100), 1: (100, 1100)}, {7: (50, 0), 9: (50, 0)})
    assert shares_of_others(IDLE, look)[0] == 0.0


def test_it_is_an_average_of_the_last_looks() -> None:
    occupancy = Occupancy()
    assert occupancy.add(IDLE) == {}
    assert occupancy.add(later({0: 100, 1: 0}, {}))[0] == 1.0
    quiet = Look({0: (200, 1200), 1: (100, 1200)}, {})
    assert occupancy.add(quiet)[0] == 0.5
    occupancy.forget()
    assert occupancy.add(quiet) == {}


def test_the_kernel_is_understood(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text("cpu  9 9 9 9\ncpu0 10 1 5 100 20 1 2 3 4 5\ncpu1 0 0 0 0 0 0 0 0 0 0\nintr 5\n")
    task = tmp_path / "12" / "task" / "13"
    task.mkdir(parents=True)
    fields = ["S", *["0"] * 10, "40", "2", *["0"] * 23, "1", *["0"] * 10]
    (task / "stat").write_text(f"13 (a name) with spaces) {' '.join(fields)}\n")
    look = Look.now(12, tmp_path)
    assert look.cpus == {0: (22, 142), 1: (0, 0)}
    assert look.threads == {13: (42, 1)}


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="there is no /proc")
def test_this_process_can_be_looked_at() -> None:
    look = Look.now(os.getpid())
    assert os.getpid() in look.threads
    assert look.cpus
