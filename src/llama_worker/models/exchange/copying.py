"""Bytes hashed on their way."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from ..maintenance.background import Tally


class HashedReader:
    """Reads `file`, of `size` bytes, and knows the digests of what was read; `tally` hears of each piece."""

    def __init__(self, file: BinaryIO, size: int, tally: Tally) -> None:
        self._file = file
        self._tally = tally
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self._sha256.update(piece)
        self._git.update(piece)
        self._tally.add(len(piece))
        return piece

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._sha256.hexdigest()

    def is_same(self, digest: str) -> bool:
        """Whether that is the digest, "sha256:..." or "git-sha1:...", of what was read."""
        kind, _, wanted = digest.partition(":")
        return wanted == (self._git if kind == "git-sha1" else self._sha256).hexdigest()
