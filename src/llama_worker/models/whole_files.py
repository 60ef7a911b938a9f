"""Files that appear under their names when they are whole, and survive a reboot then."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


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
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


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
