"""Who goes first: the engine when memory runs out, everybody else when there is too little time."""

from __future__ import annotations

import contextlib
import os
import sys

_OOM_SCORE = "/proc/self/oom_score_adj"
# In thousandths of the machine's memory: an engine counts as half of it larger than it is. Not the highest, 1000: a
# program that has taken more than that is what has to go, and without it the engine need not.
_LARGER = 500
_LOWEST = 19
_AUTOGROUP = "/proc/self/autogroup"
_DARWIN_PROCESS, _DARWIN_BACKGROUND = 4, 0x1000


def end_before_the_program() -> None:
    """When memory runs out the kernel ends this process before the one that started it. Needs no rights."""
    with open(_OOM_SCORE) as score:
        inherited = int(score.read())
    with open(_OOM_SCORE, "w") as score:
        score.write(str(wanted_oom_score(inherited)))


def wanted_oom_score(inherited: int) -> int:
    """The score of an engine whose program has `inherited`."""
    return min(inherited + _LARGER, 1000)


def give_way() -> None:
    """Compute and read only what the machine has to spare; for good, and for every thread that starts after this."""
    if sys.platform == "win32":
        import psutil

        process = psutil.Process()
        process.nice(psutil.IDLE_PRIORITY_CLASS)
        process.ionice(psutil.IOPRIO_LOW)
    elif sys.platform == "darwin":
        os.setpriority(_DARWIN_PROCESS, 0, _DARWIN_BACKGROUND)  # processor, disk and network
    else:
        os.setpriority(os.PRIO_PROCESS, 0, _LOWEST)
        _give_way_on_linux()


def _give_way_on_linux() -> None:
    import psutil

    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    # The engine is a session of its own, and desktops share time between sessions first: nice is within one.
    with contextlib.suppress(OSError), open(_AUTOGROUP, "w") as group:
        group.write(str(_LOWEST))
    psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)
