"""Whether what an attempt before has written is still worth something."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import json

from ..store.journal import boot_id

_NAME = ".sources"


def forget_other_attempts(folder: Path, sources: Iterable[str], *facts: object) -> None:
    """Empty `folder` unless it was filled from these very files, by the same work, since the machine was started.

    After a crash of the machine nobody knows what has reached the disk.
    """
    about = json.encode([_identity(Path(path)) for path in sources] + [boot_id(), facts])
    note = folder / _NAME
    if boot_id() and note.exists() and note.read_bytes() == about:
        return
    for path in folder.iterdir():
        if path.suffix == ".gguf":
            path.unlink()
    note.write_bytes(about)


def written_bytes(folder: Path) -> int:
    """How much of it there is already."""
    return sum(path.stat().st_size for path in folder.glob("*.gguf"))


def _identity(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return str(path), status.st_size, status.st_mtime_ns
