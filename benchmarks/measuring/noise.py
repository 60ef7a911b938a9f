"""What else the machine did while a sample was taken: other processes' work, and time that the host took away."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

_STAT = Path("/proc/stat")
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
# Above these a sample is taken again. A tenth of a core is what a desktop's own programs take now and then.
_FOREIGN_CORES = 0.10
_STOLEN_CORES = 0.04


@dataclass
class Noise:
    """Beside one sample: cores that others computed on, cores that the host took; the load average after it."""

    seconds: float = 0.0
    foreign: float = 0.0
    stolen: float = 0.0
    load: float = 0.0

    @property
    def noisy(self) -> bool:
        return self.foreign > _FOREIGN_CORES or self.stolen > _STOLEN_CORES


@dataclass(frozen=True)
class _Clocks:
    """Seconds so far."""

    wall: float
    busy: float
    stolen: float
    own: float


@contextmanager
def listening() -> Iterator[Noise]:
    """What happens inside is told at its end; zeros where the system does not tell (other than Linux)."""
    noise, before = Noise(), _clocks()
    yield noise
    after = _clocks()
    noise.seconds = max(after.wall - before.wall, 1e-9)
    noise.foreign = max(0.0, (after.busy - before.busy) - (after.own - before.own)) / noise.seconds
    noise.stolen = (after.stolen - before.stolen) / noise.seconds
    noise.load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _clocks() -> _Clocks:
    if not _STAT.exists():
        return _Clocks(time.perf_counter(), 0.0, 0.0, 0.0)
    # The kernel counts a guest's time within user and nice.
    user, nice, system, _idle, _waiting, irq, softirq, stolen = map(int, _STAT.read_text().split()[1:9])
    busy = (user + nice + system + irq + softirq) / _TICK
    return _Clocks(time.perf_counter(), busy, stolen / _TICK, own_seconds())


def own_seconds() -> float:
    """What this process and all below it have computed, those that have ended and been waited for included."""
    this = psutil.Process()
    return sum(_seconds(process) for process in [this, *this.children(recursive=True)])


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    waited_for = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + waited_for)
