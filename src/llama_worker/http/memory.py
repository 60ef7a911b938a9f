"""How much memory a process takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def resident_bytes(pid: int) -> int | None:
    """The process's resident memory; None where the system does not say it in a file, or the process is gone."""
    if sys.platform != "linux":
        return None
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
