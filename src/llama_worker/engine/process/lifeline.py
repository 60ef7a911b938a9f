"""In a process of ours: how it ends with the program that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from .calling import PARENT_VARIABLE

_PR_SET_PDEATHSIG = 1
_READ_SIZE = 65536


def parent_id() -> int:
    """The process that started this one, as it said itself."""
    return int(os.environ[PARENT_VARIABLE])


def end_with_parent(parent: int, signal_number: int | None = None) -> None:
    """Have the kernel send a signal (default SIGKILL) when the thread that started this process ends (Linux)."""
    if sys.platform == "linux":
        number = signal.SIGKILL if signal_number is None else signal_number
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died between our fork and the call above
            os._exit(0)


def read_line() -> bytes | None:
    """The first line of the standard input; None when it ends before."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, _READ_SIZE)
        if not more:
            return None
        line += more
    return line


def wait_for_end_of_input() -> None:
    """Return when nobody holds the other end of the standard input any more."""
    while os.read(0, _READ_SIZE):
        pass
