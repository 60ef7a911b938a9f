"""Room for what is written, and what its lack is called."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import FileWorkError, LlamaWorkerError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_PLACE = frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP})


def ensure_space(folder: Path, needed_bytes: int) -> None:
    """Raises `FileWorkError` when the disk that `folder` is on has less left than is to be written there."""
    free = shutil.disk_usage(folder).free
    if needed_bytes > free:
        message = (
            f"{folder.parent} needs {_gigabytes(needed_bytes)} more and has {_gigabytes(free)}: make room, or name "
            "another place."
        )
        raise FileWorkError(message, reason="disk_full")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """What the system says inside the block, in a sentence; `folder` is what is written to."""
    try:
        yield
    except LlamaWorkerError:  # of which some are OSErrors
        raise
    except OSError as error:
        if not folder.is_dir():
            raise FileWorkError(f"There is no folder {folder}: make it, or name another place.") from error
        raise explain_os_error(error, folder) from error


def explain_os_error(error: OSError, folder: Path) -> FileWorkError:
    """What the system says of a file, in a sentence."""
    if error.errno in _FULL:
        return FileWorkError(f"{folder} is full: make room and begin again.", reason="disk_full")
    if error.errno in _REFUSED:
        message = (
            f"{error.filename or folder} cannot be used ({error.strerror}): have it allowed, or name another place."
        )
        return FileWorkError(message, reason="not_writable")
    if error.errno in _NO_PLACE:
        return FileWorkError(f"{error.filename or folder} cannot be used ({error.strerror}): name another place.")
    return FileWorkError(f"{error.filename or folder} failed: {error.strerror or error}.")


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 10_000_000 else f"{count / 1e6:.2f} MB"
