"""What of the target is written, in a file beside it: a digest for each slab, zeros for those that are to be made.

It is written after the slab, and believed only when the bytes in the target have that digest: neither a kill nor a
power cut between the two can do harm.
"""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct, json

from .rows import DIGEST_BYTES

_NOTHING = bytes(DIGEST_BYTES)


class Purpose(Struct, frozen=True):
    """What is being made, of what: what was written for another purpose is of no use. `sources` are paths, sizes and
    times of change in nanoseconds; `layout` is a digest of the header that is to be written."""

    sources: tuple[tuple[str, int, int], ...]
    layout: str
    target: str


class Record:
    """The digests of the slabs, in a folder where a target is being written."""

    def __init__(self, folder: Path, purpose: Purpose, slabs: int) -> None:
        self._purpose_file = folder / "purpose.json"
        self._file = folder / "slabs"
        self._size = slabs * DIGEST_BYTES
        self._purpose = json.encode(purpose)
        self._digests = bytearray(self._size)
        self._descriptor = -1

    def open(self) -> bool:
        """Whether there is something to go on with; else everything begins anew. Raises OSError."""
        known = self._purpose_file.is_file() and self._purpose_file.read_bytes() == self._purpose
        if not known:
            self._file.unlink(missing_ok=True)
            self._purpose_file.write_bytes(self._purpose)
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        os.ftruncate(self._descriptor, self._size)
        self._digests[:] = os.read(self._descriptor, self._size)
        return known and any(self._digests)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def digest(self, slab: int) -> bytes | None:
        """What was written in that slab's place; None when nothing was."""
        digest = bytes(self._digests[slab * DIGEST_BYTES : (slab + 1) * DIGEST_BYTES])
        return None if digest == _NOTHING else digest

    def note(self, slab: int, digest: bytes) -> None:
        """That the slab is written."""
        os.lseek(self._descriptor, slab * DIGEST_BYTES, os.SEEK_SET)
        os.write(self._descriptor, digest)
