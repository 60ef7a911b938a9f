"""Which CPUs are worth computing on, by what the kernel says of a machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llama_worker.engine.threads import cpus
from llama_worker.engine.threads.cpus import Core, chosen_threads, computing_cores, usable_cores, usable_cpus

GIB = 1 << 30


def machine(root: Path, siblings: dict[int, str], speeds: dict[int, int] | None = None, slow: str = "") -> Path:
    """Directories such as the kernel's: of each CPU which share its core, and how fast it is."""
    for cpu, shared in siblings.items():
        topology = root / "system" / "cpu" / f"cpu{cpu}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text(shared + "\n")
        if speeds:
            (topology.parent / "cpu_capacity").write_text(f"{speeds[cpu]}\n")
    if slow:
        (root / "cpu_atom").mkdir()
        (root / "cpu_atom" / "cpus").write_text(slow + "\n")
    return root


def test_hyper_threads_are_one_core(tmp_path: Path) -> None:
    devices = machine(tmp_path, {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"})
    assert computing_cores(range(4), devices) == (Core((0, 2)), Core((1, 3)))


def test_of_a_core_only_usable_cpus_count(tmp_path: Path) -> None:
    devices = machine(tmp_path, {0: "0-1", 1: "0-1", 2: "2-3", 3: "2-3"})
    assert computing_cores([1, 2, 3], devices) == (Core((1,)), Core((2, 3)))


def test_efficiency_cores_are_left_out(tmp_path: Path) -> None:
    devices = machine(tmp_path, {0: "0-1", 1: "0-1", 2: "2", 3: "3"}, slow="2-3")
    assert computing_cores(range(4), devices) == (Core((0, 1)),)


def test_small_cores_are_left_out(tmp_path: Path) -> None:
    devices = machine(tmp_path, {0: "0", 1: "1", 2: "2"}, {0: 400, 1: 1024, 2: 990})
    assert computing_cores(range(3), devices) == (Core((1,)), Core((2,)))


def test_who_may_use_slow_ones_only_uses_them(tmp_path: Path) -> None:
    devices = machine(tmp_path, {0: "0", 2: "2", 3: "3"}, slow="2-3")
    assert computing_cores([2, 3], devices) == (Core((2,)), Core((3,)))


def test_where_nothing_is_told_each_cpu_is_a_core(tmp_path: Path) -> None:
    assert computing_cores([0, 5], tmp_path) == (Core((0,)), Core((5,)))


def test_this_machine_has_some() -> None:
    assert 1 <= usable_cores() <= len(usable_cpus())


def test_a_quota_is_kept_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("150000 100000\n")
    monkeypatch.setattr(cpus, "_CGROUP_CPU_MAX", quota)
    monkeypatch.setattr(cpus, "computing_cores", lambda: (Core((0,)),) * 8)
    assert usable_cores() == 2


def test_threads_leave_room_where_they_cannot_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpus, "usable_cores", lambda: 8)
    monkeypatch.setattr(os, "getloadavg", lambda: (3.2, 0.0, 0.0))
    assert chosen_threads(GIB) == {"threads": 8, "fixed_threads": 5}
    monkeypatch.setattr(os, "getloadavg", lambda: (40.0, 0.0, 0.0))
    assert chosen_threads(GIB) == {"threads": 8, "fixed_threads": 4}


def test_a_small_model_is_computed_by_one() -> None:
    assert chosen_threads(6 << 20) == {"threads": 1}
