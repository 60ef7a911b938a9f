"""Linux system calls that Python has no functions for."""

from __future__ import annotations

import ctypes
import os

PR_GET_NO_NEW_PRIVS = 39
_PR_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """The result of a system call. Raises OSError where it fails or does not exist."""
    libc = ctypes.CDLL(None, use_errno=True)
    whole = (ctypes.c_long(value) if isinstance(value, int) else value for value in arguments)
    result = int(libc.syscall(ctypes.c_long(number), *whole))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def prctl(option: int, argument: int = 0) -> int:
    """As `call`, for prctl(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.prctl(option, *map(ctypes.c_ulong, (argument, 0, 0, 0))))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def refuse_new_privileges() -> None:
    """Nothing that this process starts gets more rights than it has: no setuid, no file capabilities."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
