"""Whether a bundle is what its lock says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...models.pinning.digests import differences
from ...models.pinning.lock_file import LOCK_NAME, Lock, read_lock


def problems(folder: Path) -> Iterator[str]:
    """A sentence for each thing that is wrong. Raises `IntegrityError` when there is no lock that could be read."""
    lock = read_lock(folder / LOCK_NAME)
    yield from differences(lock, folder)
    yield from _unknown(lock, folder)


def _unknown(lock: Lock, folder: Path) -> Iterator[str]:
    """What would be installed, loaded or started, and is not in the lock."""
    known = {file.path for file in lock.files()}
    for part in ("wheels", "models", "engine"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and path.relative_to(folder).as_posix() not in known:
                yield f"{path.relative_to(folder).as_posix()} is not in the lock."
