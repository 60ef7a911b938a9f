"""How much memory a process takes."""

from __future__ import annotations

import psutil


def resident_bytes(pid: int) -> int | None:
    """The process's resident memory; None when it is gone."""
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return None
