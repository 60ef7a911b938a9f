"""Files as a lock knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ...errors import IntegrityError
from .lock_file import Lock, LockedFile


def locked_file(path: Path, folder: Path) -> LockedFile:
    """The file at `path`, which lies below `folder`; reads all of it."""
    return LockedFile(path=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=sha256_of(path))


def sha256_of(path: Path) -> str:
    """In hexadecimal; reads all of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def differences(lock: Lock, folder: Path) -> Iterator[str]:
    """A sentence for each file that is not what the lock says; reads all of them. Raises `IntegrityError` for a lock
    that names files outside of its folder."""
    for file in lock.files():
        path = inside(file, folder)
        if not path.is_file():
            yield f"{file.path} is missing."
        elif path.stat().st_size != file.size:
            yield f"{file.path} has {path.stat().st_size} bytes, not {file.size}."
        elif sha256_of(path) != file.sha256:
            yield f"{file.path} has been changed."


def inside(file: LockedFile, folder: Path) -> Path:
    path = PurePosixPath(file.path)
    if path.is_absolute() or ".." in path.parts or "\\" in file.path or ":" in file.path:
        raise IntegrityError(f"The lock names a file outside of its folder: {file.path}.")
    return folder / path
