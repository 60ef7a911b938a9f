"""Which CPUs are worth computing on: one of each physical core, and no efficiency cores beside faster ones.

All threads of an engine wait for the slowest after each step, so a slow CPU slows all of them down.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from ..defaults import SMALLEST_FOR_THREADS

_DEVICES = Path("/sys/devices")
_CGROUP_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
# Cores of one kind differ by some percent in their highest frequency, kinds by a third and more.
_SLOW_SHARE = 0.75


class Core(Struct, frozen=True):
    """A physical core by those of its CPUs (hyper-threads) that this process may use."""

    cpus: tuple[int, ...]


def usable_cpus() -> frozenset[int]:
    """The CPUs that this process may use; all where the system has no such thing."""
    if sys.platform == "linux":
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def usable_cores() -> int:
    """Cores that this process may use: its affinity, cut to the control group's quota; at least 1."""
    return max(1, min(len(computing_cores()), _quota()))


def chosen_threads(model_bytes: int) -> dict[str, int]:
    """`threads` and `fixed_threads` of an engine for a model of that size, where nobody has said how many.

    A small model computes a step faster than threads can wait for each other.
    """
    if model_bytes < SMALLEST_FOR_THREADS:
        return {"threads": 1}
    cores = usable_cores()
    return {"threads": cores, "fixed_threads": max(1, cores - _busy(), math.ceil(cores / 2))}


def _busy() -> int:
    """Cores that compute now; 0 where nobody can tell (Windows, and Linux without /proc)."""
    try:
        return round(os.getloadavg()[0]) if hasattr(os, "getloadavg") else 0
    except OSError:
        return 0


def _quota() -> int:
    """Whole cores granted by the control group (cgroup v2 `cpu.max`: "QUOTA PERIOD" in microseconds, or "max")."""
    try:
        quota, period = _CGROUP_CPU_MAX.read_text().split()
        return max(1, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        return sys.maxsize


def computing_cores(usable: Iterable[int] | None = None, devices: Path = _DEVICES) -> tuple[Core, ...]:
    """The physical cores that are as fast as the fastest, in order; each usable CPU is one where the system tells
    nothing of cores (everywhere but on Linux)."""
    cpus = sorted(usable_cpus() if usable is None else usable)
    speeds = {cpu: _speed(devices / "system" / "cpu" / f"cpu{cpu}") for cpu in cpus}
    slow = _listed(devices / "cpu_atom" / "cpus")
    fast = [cpu for cpu in cpus if cpu not in slow and speeds[cpu] >= _SLOW_SHARE * max(speeds.values())] or cpus
    cores: dict[tuple[int, ...], list[int]] = {}
    for cpu in fast:
        siblings = _listed(devices / "system" / "cpu" / f"cpu{cpu}" / "topology" / "thread_siblings_list")
        cores.setdefault(tuple(sorted(siblings | {cpu})), []).append(cpu)
    return tuple(Core(tuple(together)) for together in cores.values())


def _speed(directory: Path) -> int:
    """In some unit, the same for all CPUs of a machine: ARM's capacity, else the highest frequency, else 1."""
    for name in ("cpu_capacity", "cpufreq/cpuinfo_max_freq"):
        try:
            return int((directory / name).read_text())
        except (OSError, ValueError):
            continue
    return 1


def _listed(path: Path) -> frozenset[int]:
    """The numbers in a list of the kernel's, such as "0-3,8"; none where it has no such file."""
    try:
        ranges = [part.partition("-") for part in path.read_text().strip().split(",") if part]
        return frozenset(cpu for low, _, high in ranges for cpu in range(int(low), int(high or low) + 1))
    except (OSError, ValueError):
        return frozenset()
