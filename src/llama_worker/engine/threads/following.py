"""In the engine process, before it loads OpenMP: make the number of its threads follow the CPUs that it may use.

GNU's OpenMP with `OMP_DYNAMIC` asks before each graph how many CPUs the thread may use, and takes the load average of
the last 15 minutes from that, which says nothing of now. It leaves that out where the load average cannot be had, so
the system call that tells it is refused from here on; what llama.cpp asks by it besides, the machine's memory, it only
prints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from msgspec import Struct, json

from ..process.calling import FOLLOWING_VARIABLE
from ..process.findings import tell
from ..sandbox.kernel import refuse_new_privileges
from ..sandbox.seccomp import refuse_call
from ..sandbox.syscall_numbers import SYSINFO
from ..settings import EngineSettings


class Following(Struct, frozen=True):
    """What an engine process says of its threads: whether their number follows the CPUs that they may use."""

    follows: bool


def with_threads(settings: EngineSettings, *, affinity_counts: bool) -> EngineSettings:
    """The settings to start with: all threads where they follow, else those that were chosen for good.

    `affinity_counts`: what `follow_affinity` has said."""
    if settings.fixed_threads is None:
        return settings
    follows = settings.may_follow and affinity_counts
    tell(Following(follows))
    return settings if follows else settings.fixed


def following_arguments(program: str, arguments: Sequence[str]) -> Sequence[str]:
    """The arguments to start another program with: those that `FOLLOWING_VARIABLE` holds where its threads follow."""
    following = os.environ.pop(FOLLOWING_VARIABLE, "")
    if not following:
        return arguments
    from .openmp import asks_for_gnu_openmp  # not for the bundled engine, which knows what it is built with

    follows = asks_for_gnu_openmp(program) and follow_affinity()
    tell(Following(follows))
    return json.decode(following, type=list[str]) if follows else arguments


def follow_affinity() -> bool:
    """Whether OpenMP, loaded after this, will follow the affinity of its threads. For a process of one thread."""
    if sys.platform != "linux":
        return False
    try:
        refuse_new_privileges()
        refuse_call(SYSINFO)
    except OSError:
        return False
    if _load_average_is_told():
        return False  # an older C library reads it from a file
    os.environ["OMP_DYNAMIC"] = "true"
    return True


def _load_average_is_told() -> bool:
    try:
        os.getloadavg()
    except OSError:
        return False
    return True
