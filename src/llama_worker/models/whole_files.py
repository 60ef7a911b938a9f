"""Files that appear under their names when they are whole, and survive a reboot then."""

from __future__ import annotations

import os
import re
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"\.[0-9a-f]{32}\.tmp")
_YOUNG_SECONDS = 60.0  # one that is not owned yet


def temporary_beside(path: Path) -> Path:
    """A name in the same folder that nobody else uses, for what is to replace `path`."""
    return path.with_name(f".{uuid.uuid4().hex}.tmp")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` that replaces it when the block ends, and is gone when the block raises. Raises OSError.

    A reader, an engine that has the old file mapped, or a reboot find the old bytes or the new ones, never a mixture.
    """
    aside = temporary_beside(path)
    try:
        with aside.open("xb") as file:
            with suppress(OSError):  # not every file system has such locks
                _own(file.fileno())
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def remove_abandoned(folder: Path) -> None:
    """Delete what processes that were killed have left of files that they were `replacing` in it."""
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):
            if _NAME.fullmatch(path.name) and time.time() - path.stat().st_mtime > _YOUNG_SECONDS:
                with path.open("rb") as file:
                    _own(file.fileno())
                    path.unlink()


def _own(descriptor: int) -> None:
    """Until it is closed. Raises OSError when somebody else does; where there is no such lock, an open file cannot be
    deleted."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_atomic(path: Path, content: bytes) -> None:
    """Replace `path` so that a reader, or a reboot, finds the old bytes or the new ones, never a mixture."""
    with replacing(path) as file:
        file.write(content)


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a reboot; systems that cannot open folders do so by themselves."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
