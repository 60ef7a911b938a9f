"""Whether a bundle is what its lock says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..._version import __version__
from ...models.pinning.digests import differences
from ...models.pinning.lock_file import LOCK_NAME, Lock, read_lock
from .instructions import instructions


def problems(folder: Path) -> Iterator[str]:
    """A sentence for each thing that is wrong. Raises `IntegrityError` when there is no lock that could be read."""
    lock = read_lock(folder / LOCK_NAME)
    yield from differences(lock, folder)
    yield from _unknown(lock, folder)
    yield from _altered(lock, folder)


def _unknown(lock: Lock, folder: Path) -> Iterator[str]:
    """What would be installed, loaded or started, and is not in the lock."""
    known = {file.path for file in lock.files()}
    for part in ("wheels", "models", "engine"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and path.relative_to(folder).as_posix() not in known:
                yield f"{path.relative_to(folder).as_posix()} is not in the lock."


def _altered(lock: Lock, folder: Path) -> Iterator[str]:
    """What is read and run to install it: its files are made of the lock, those of other versions in other words."""
    same = lock.made_by.rpartition(" ")[2] == __version__
    for name, text in instructions(lock).items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing."
        elif (same or name == "requirements.txt") and path.read_bytes() != text.encode():
            yield f"{name} has been changed."
