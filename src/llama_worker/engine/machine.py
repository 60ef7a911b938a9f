"""What this machine can do, as far as it decides how an engine is started."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

from .defaults import BATCH_SECONDS, LARGEST_BATCH, SMALLEST_BATCH

_CGROUP_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
# What a core does of them in a second while it reads a prompt; measured with AVX2, on a server's core of 2023: 29e9 (a
# mixture of experts), 31e9 (Q8_0), 42e9 (Q4_0). Others are told apart by measuring, see `calibration/`.
_MULTIPLY_ADDS_PER_CORE = 40e9
# A small one of the last years; larger ones do ten times that. Not measured: it only says how long an abort may take.
_MULTIPLY_ADDS_PER_GPU = 1e12


def usable_cores() -> int:
    """Cores this process may use: its affinity, cut to the control group's quota; at least 1."""
    if sys.platform == "linux":
        return max(1, min(len(os.sched_getaffinity(0)), _quota()))
    return os.cpu_count() or 1


def _quota() -> int:
    """Whole cores granted by the control group (cgroup v2 `cpu.max`: "QUOTA PERIOD" in microseconds, or "max")."""
    try:
        quota, period = _CGROUP_CPU_MAX.read_text().split()
        return max(1, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        return sys.maxsize


def choose_threads(limit: int | None = None) -> int:
    """Computing threads for a new engine: the usable cores less those that are busy now, at least 1.

    One thread more than there are free cores halves the speed of all of them, as they wait for each other.
    """
    if limit is not None:
        return limit
    cores = usable_cores()
    return max(1, cores - _busy(), math.ceil(cores / 2))


def _busy() -> int:
    """Cores that compute now; 0 where nobody can tell (Windows, and Linux without /proc)."""
    try:
        return round(os.getloadavg()[0]) if hasattr(os, "getloadavg") else 0
    except OSError:
        return 0


def token_seconds(multiply_adds: int, threads: int) -> float:
    """About how long a token of a prompt takes on the processor."""
    return multiply_adds / (_MULTIPLY_ADDS_PER_CORE * threads)


def gpu_token_seconds(multiply_adds: int) -> float:
    """The same on a GPU."""
    return multiply_adds / _MULTIPLY_ADDS_PER_GPU


def choose_batch_size(seconds_for_token: float) -> int:
    """Prompt tokens for each batch on the processor: the largest power of two that takes at most `BATCH_SECONDS`,
    within the range that is worth it (docs/tuning.md)."""
    size = LARGEST_BATCH
    while size > SMALLEST_BATCH and size * seconds_for_token > BATCH_SECONDS:
        size //= 2
    return size
