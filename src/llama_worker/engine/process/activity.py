"""Whether a process computes, as far as one can tell from outside."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

# Of the time since it was last asked.
_BUSY_SHARE = 0.1


class Activity:
    """Of the process `pid`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._asked_at, self._cpu_seconds = time.monotonic(), 0.0

    def busy(self) -> bool:
        """Whether a thread of it computes now, or would if a core were free (Linux); elsewhere whether it has taken
        processor time since this was last asked. False when it is gone."""
        with contextlib.suppress(OSError):
            return self._any_thread_runs() if sys.platform == "linux" else self._took_time()
        return False

    def _any_thread_runs(self) -> bool:
        """As proc_pid_stat(5) has it: the state follows the name, which stands in parentheses."""
        stats = (task.read_text() for task in Path(f"/proc/{self._pid}/task").glob("*/stat"))
        return any(stat.rpartition(")")[2].split()[0] == "R" for stat in stats)

    def _took_time(self) -> bool:
        import psutil

        try:
            times = psutil.Process(self._pid).cpu_times()
        except psutil.Error:
            return False
        now, cpu_seconds = time.monotonic(), times.user + times.system
        share = (cpu_seconds - self._cpu_seconds) / max(now - self._asked_at, 1e-3)
        self._asked_at, self._cpu_seconds = now, cpu_seconds
        return share > _BUSY_SHARE
