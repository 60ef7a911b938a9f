"""What others do on each CPU: all that it did, less what the engine's own threads did there."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from msgspec import Struct

_PROC = Path("/proc")
# Looks that an average is made of: a busy moment is no busy machine.
_LOOKS = 4
# proc_stat(5): user nice system idle iowait irq softirq steal; what follows is counted in these.
_KINDS, _IDLE = 8, (3, 4)
# proc_pid_stat(5), counted from the state, which follows the name in parentheses: utime, stime, processor.
_USER_TIME, _SYSTEM_TIME, _PROCESSOR = 11, 12, 36


class Look(Struct, frozen=True):
    """What the kernel has counted until now, in ticks: busy and all time of each CPU, and of each of the engine's
    threads what it has computed and where it was last."""

    cpus: Mapping[int, tuple[int, int]]
    threads: Mapping[int, tuple[int, int]]

    @classmethod
    def now(cls, pid: int, proc: Path = _PROC) -> Self:
        """Raises OSError where there is no /proc, and when the engine is gone."""
        return cls(_cpu_times(proc), _thread_times(proc / str(pid) / "task"))


def _cpu_times(proc: Path) -> dict[int, tuple[int, int]]:
    times: dict[int, tuple[int, int]] = {}
    for line in (proc / "stat").read_text().splitlines():
        name, *fields = line.split()
        if name.startswith("cpu") and name != "cpu":
            kinds = [int(field) for field in fields[:_KINDS]]
            times[int(name[3:])] = (sum(kinds) - sum(kinds[index] for index in _IDLE), sum(kinds))
    return times


def _thread_times(tasks: Path) -> dict[int, tuple[int, int]]:
    times: dict[int, tuple[int, int]] = {}
    for task in tasks.iterdir():
        try:
            fields = (task / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        times[int(task.name)] = (int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME]), int(fields[_PROCESSOR]))
    return times


class Occupancy:
    """The shares (0 to 1) of each CPU that others have taken lately."""

    def __init__(self) -> None:
        self._last: Look | None = None
        self._shares: deque[Mapping[int, float]] = deque(maxlen=_LOOKS)

    def forget(self) -> None:
        """What was seen is too old to be told."""
        self._last = None
        self._shares.clear()

    def add(self, look: Look) -> dict[int, float]:
        """The average over the last looks; empty after the first of them."""
        if self._last is not None:
            self._shares.append(shares_of_others(self._last, look))
        self._last = look
        return {
            cpu: sum(shares.get(cpu, 0.0) for shares in self._shares) / len(self._shares)
            for cpu in (self._shares[-1] if self._shares else ())
        }


def shares_of_others(before: Look, after: Look) -> dict[int, float]:
    """Of each CPU, what others took between two looks."""
    own = _own_ticks(before, after)
    shares: dict[int, float] = {}
    for cpu, (busy, whole) in after.cpus.items():
        busy_before, whole_before = before.cpus.get(cpu, (busy, whole))
        others = busy - busy_before - own.get(cpu, 0)
        shares[cpu] = max(0.0, others / max(whole - whole_before, 1))
    return shares


def _own_ticks(before: Look, after: Look) -> dict[int, int]:
    """What the engine computed on each CPU. A thread's time counts where it was last; what is more than that CPU has
    worked was done on another one, from which it has moved."""
    own: dict[int, int] = {}
    for thread, (ticks, cpu) in after.threads.items():
        own[cpu] = own.get(cpu, 0) + ticks - before.threads.get(thread, (0, cpu))[0]
    worked = {cpu: busy - before.cpus.get(cpu, (busy, 0))[0] for cpu, (busy, _) in after.cpus.items()}
    surplus = sum(max(0, ticks - worked.get(cpu, 0)) for cpu, ticks in own.items())
    for cpu in sorted(worked, key=lambda cpu: own.get(cpu, 0) - worked[cpu]):
        moved = min(surplus, max(0, worked[cpu] - own.get(cpu, 0)))
        own[cpu] = own.get(cpu, 0) + moved
        surplus -= moved
    return own
