"""How much memory a new process may take: what the machine has free, or what its control group still allows; and
how much one takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")
_MEMINFO = Path("/proc/meminfo")


class AvailableMemory(msgspec.Struct, frozen=True, rename="camel"):
    """Bytes that can be taken without swapping, of how many, and what sets that limit."""

    available_bytes: int
    total_bytes: int
    limited_by: Literal["machine", "control group"] = "machine"


def available_memory() -> AvailableMemory:
    """What is free now; reads a few small files of the system."""
    machine = _machine(_MEMINFO)
    groups = _control_groups(_CGROUPS, _OWN_CGROUP) if sys.platform == "linux" else iter(())
    return min([machine, *groups], key=lambda limit: limit.available_bytes)


def _machine(meminfo: Path) -> AvailableMemory:
    """Without /proc nobody can tell what is free, and a model may use all that there is."""
    available, total = (_statistic(meminfo, name) << 10 for name in ("MemAvailable:", "MemTotal:"))  # in KiB there
    if available and total:
        return AvailableMemory(available, total)
    import psutil

    try:
        memory = psutil.virtual_memory()
    except OSError:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return AvailableMemory(total, total)
    return AvailableMemory(memory.available, memory.total)


def _control_groups(root: Path, own: Path) -> Iterator[AvailableMemory]:
    """The limits of this process's control group and of those around it, version 2 and 1."""
    for folder in _folders(root, own):
        v2 = _limit(folder, "memory.max", "memory.current", "inactive_file")
        v1 = _limit(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        yield from (limit for limit in (v2, v1) if limit is not None)


def _folders(root: Path, own: Path) -> Iterator[Path]:
    try:
        lines = own.read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = root / controllers
        folder = top / path.strip("/")
        while folder.is_relative_to(top):
            yield folder
            folder = folder.parent
    yield root


def _limit(folder: Path, limit: str, usage: str, reclaimable: str) -> AvailableMemory | None:
    total, used = _number(folder / limit), _number(folder / usage)
    if total is None or used is None:
        return None
    cache = _statistic(folder / "memory.stat", reclaimable)  # file pages that are given back when others need memory
    return AvailableMemory(max(total - max(used - cache, 0), 0), total, "control group")


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # "max" means that there is no limit
        return None


def _statistic(path: Path, name: str) -> int:
    try:
        rows = (line.split() for line in path.read_text().splitlines())
        return next((int(value) for key, value, *_ in rows if key == name), 0)
    except (OSError, ValueError):
        return 0


class ResidentMemory(msgspec.Struct, frozen=True):
    """Bytes of a process that are in memory: all, and of those what is mapped from files, which the system may drop and
    read again (0 where it does not tell, which is everywhere but on Linux)."""

    resident_bytes: int
    mapped_bytes: int = 0


def resident_memory(pid: int) -> ResidentMemory | None:
    """What of a process is in memory now; None when it is gone."""
    import psutil

    try:
        memory = psutil.Process(pid).memory_info()
    except (psutil.Error, OSError):  # OSError: there is no /proc
        return None
    return ResidentMemory(int(memory.rss), int(getattr(memory, "shared", 0)))
