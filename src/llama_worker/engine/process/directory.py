"""The private directory of an engine, and who owns it: whoever holds the lock on the file `owner` in it.

A process id would not do: one temporary directory may be shared by containers that each count from 1.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "llama-worker-"
_LOCK_NAME = "owner"
# sockaddr_un.sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH = 103
_SHORT_PARENT, _ROOMY_PARENT = "/tmp", "/var/tmp"  # noqa: S108 - whatever is made there is made by mkdtemp
# Of each directory that this process made: its open lock file.
_held: dict[str, int] = {}


def create_directory(socket_name: str) -> str:
    """A directory with mode 0700, short enough for a socket of that name, owned until `remove_directory`.

    Raises OSError when there is no place for it.
    """
    directory = _make(None)
    if len(os.fsencode(directory)) + 1 + len(socket_name) > _LONGEST_SOCKET_PATH and sys.platform != "win32":
        Path(directory).rmdir()
        directory = _make(_SHORT_PARENT)
    return _owned(directory)


def create_roomy_directory() -> str:
    """The same for large files: /tmp is in memory on many systems, /var/tmp is not.

    A temporary directory that the environment chooses is taken all the same.
    """
    usual = tempfile.gettempdir() == _SHORT_PARENT and os.access(_ROOMY_PARENT, os.W_OK | os.X_OK)
    return _owned(_make(_ROOMY_PARENT if usual else None))


def _make(parent: str | None) -> str:
    # The number is for people who look for the program that it belongs to.
    return tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent)


def _owned(directory: str) -> str:
    try:
        _own(directory)
    except BaseException:
        remove_directory(directory)
        _remove_tree(directory)
        raise
    return directory


def remove_directory(directory: str) -> None:
    """Remove a directory that this process made; any other is left alone, and a missing one is fine."""
    descriptor = _held.pop(directory, None)
    if descriptor is not None:
        os.close(descriptor)  # first: Windows removes no open file
        _remove_tree(directory)


def sweep_abandoned_directories() -> None:
    """Remove the directories of workers that were killed before they could do it themselves."""
    for parent in _parents():
        for directory in parent.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                if _is_abandoned(directory):
                    _remove_tree(directory)


def _remove_tree(directory: str | Path) -> None:
    import shutil  # takes longer than all else here

    shutil.rmtree(directory, ignore_errors=True)


def _parents() -> Iterator[Path]:
    with contextlib.suppress(OSError):  # no temporary directory
        yield from {Path(tempfile.gettempdir()), Path(_SHORT_PARENT), Path(_ROOMY_PARENT)}


def _own(directory: str) -> None:
    descriptor = os.open(Path(directory) / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    _held[directory] = descriptor
    if _lock(descriptor):
        os.write(descriptor, b"%d\n" % os.getpid())


def _is_abandoned(directory: Path) -> bool:
    """Whether its lock can be had. An empty lock file is not locked yet, or is where files cannot be locked.

    Our own are not tried: on NFS that would succeed, and give up the lock.
    """
    lock = directory / _LOCK_NAME
    if directory in map(Path, _held) or lock.lstat().st_size == 0:
        return False
    descriptor = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        return _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock the file until it is closed; False when another process has it, or when this file system cannot."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _disown() -> None:
    """A forked child has a copy of every lock: it would keep them when the program is gone."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_disown)
