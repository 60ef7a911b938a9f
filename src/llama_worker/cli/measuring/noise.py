"""What else the machine did while a sample was taken: other processes' work, and time that the host took away."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

# Above these a sample is taken again. A tenth of a core is what a desktop's own programs take now and then.
_FOREIGN_CORES = 0.10
_STOLEN_CORES = 0.04
_WORKING = ("user", "nice", "system", "irq", "softirq", "interrupt", "dpc")


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

    @property
    def cores(self) -> float:
        """Cores that were not ours to use."""
        return self.foreign + self.stolen


@dataclass(frozen=True)
class _Clocks:
    """Seconds so far, those of all cores together but for the first."""

    wall: float
    busy: float
    stolen: float
    own: float


@contextmanager
def listening() -> Iterator[Noise]:
    """What happens inside is told at its end. Processes below this one count as ours."""
    noise, before = Noise(), _clocks()
    yield noise
    after = _clocks()
    noise.seconds = max(after.wall - before.wall, 1e-9)
    noise.foreign = max(0.0, (after.busy - before.busy) - (after.own - before.own)) / noise.seconds
    noise.stolen = (after.stolen - before.stolen) / noise.seconds
    noise.load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _clocks() -> _Clocks:
    times = psutil.cpu_times()
    busy = sum(float(getattr(times, name, 0.0)) for name in _WORKING)
    return _Clocks(time.perf_counter(), busy, float(getattr(times, "steal", 0.0)), own_seconds())


def own_seconds() -> float:
    """What this process and all below it have computed, those that have ended and been waited for included."""
    this = psutil.Process()
    return sum(_seconds(process) for process in [this, *this.children(recursive=True)])


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    waited_for = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + waited_for)
