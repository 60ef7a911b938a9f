"""What a verified signature names: files, or pieces of files, with their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..pinning.checked import sha256_once

_CHUNK = 1 << 20
ALGORITHMS = frozenset({"sha256", "blake2b", "blake3"})


class SignedPart(Struct, frozen=True):
    """A file, or its bytes from `start` to before `end`. `path` is seen from the signature's folder, with `/`, and "."
    is the one file that was signed by itself; `digest` is hexadecimal."""

    path: str
    algorithm: str
    digest: str
    start: int = 0
    end: int | None = None


def is_as_signed(path: Path, parts: Sequence[SignedPart]) -> bool:
    """Whether a file is what `parts`, which are all of it that were signed, say; reads it. Raises OSError."""
    if len(parts) == 1 and parts[0].end is None:
        return _digest(path, parts[0]) == parts[0].digest
    ordered = sorted(parts, key=lambda part: part.start)
    return _cover(ordered, path.stat().st_size) and all(_digest(path, part) == part.digest for part in ordered)


def _cover(parts: Iterable[SignedPart], size: int) -> bool:
    """Whether each piece begins where the one before it ends, and the last at the end of the file."""
    at = 0
    for part in parts:
        if part.start != at or part.end is None or part.end <= at:
            return False
        at = part.end
    return at == size


def _digest(path: Path, part: SignedPart) -> str:
    if part.algorithm == "sha256" and part.end is None:
        return sha256_once(path)
    running = _hash(part.algorithm)
    with path.open("rb") as file:
        file.seek(part.start)
        left = part.end - part.start if part.end is not None else path.stat().st_size
        while left > 0 and (piece := file.read(min(left, _CHUNK))):
            running.update(piece)
            left -= len(piece)
    return str(running.hexdigest())


def _hash(algorithm: str) -> Any:
    match algorithm:
        case "sha256":
            return hashlib.sha256()
        case "blake2b":
            return hashlib.blake2b()
    return import_module("blake3").blake3()  # which model-signing brings
