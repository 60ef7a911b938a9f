"""Digests that were computed once, noted for as long as the file is not written to."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path

import msgspec

from ...config.folders import state_folder
from ..whole_files import write_atomic
from .recorded import digest_of

_FOLDER = "digests"
_LONGEST = 80


class _Note(msgspec.Struct, frozen=True):
    """What a file was when it was read; writing to it changes one of these, unless its time is set back: `verify` reads
    it in any case."""

    path: str
    identity: tuple[int, int, int, int]
    sha256: str


def sha256_once(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises OSError."""
    real = Path(os.path.realpath(path))
    note, identity = _note_of(real), _identity(real)
    with suppress(OSError, msgspec.MsgspecError):
        known = msgspec.json.decode(note.read_bytes(), type=_Note)
        if (known.path, known.identity) == (str(real), identity):
            return known.sha256
    digest = digest_of(real).partition(":")[2]
    with suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(note, msgspec.json.encode(_Note(str(real), identity, digest)))
    return digest


def _identity(path: Path) -> tuple[int, int, int, int]:
    status = path.stat()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _note_of(path: Path) -> Path:
    return state_folder() / _FOLDER / f"{zlib.crc32(os.fsencode(path)):08x}-{path.name[-_LONGEST:]}"
