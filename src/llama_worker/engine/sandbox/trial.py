"""What is in force, found out by trying."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable

from .kernel import PR_GET_NO_NEW_PRIVS, prctl

_REFUSED = (errno.EPERM, errno.EACCES, errno.EROFS)


def file_cannot_be_written(path: str) -> bool:
    """Opening changes nothing."""
    return _refused(lambda: os.close(os.open(path, os.O_WRONLY)))


def network_cannot_be_reached() -> bool:
    """Nobody has to be there: what is refused is refused before that is known."""

    def connect() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
            attempt.setblocking(False)
            attempt.connect(("127.0.0.1", 9))

    return _refused(connect)


def programs_cannot_be_started() -> bool:
    """A path that is no program's: without a filter it is found missing."""
    return _refused(lambda: os.execv("/\n", ["none"]))  # noqa: S606


def no_privileges_can_be_gained() -> bool:
    return prctl(PR_GET_NO_NEW_PRIVS) == 1


def no_core_is_dumped() -> bool:
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)[1] in (0, 1)


def memory_is_limited() -> bool:
    """Asking for address space takes no memory."""
    import mmap
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if limit == resource.RLIM_INFINITY:
        return False
    try:
        mmap.mmap(-1, limit, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        return error.errno == errno.ENOMEM
    return False


def priority_is_lowest() -> bool:
    if sys.platform == "linux":
        return os.sched_getscheduler(0) == os.SCHED_IDLE
    return True


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno in _REFUSED
    return False
