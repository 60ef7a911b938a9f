"""The two forms of importance matrices: a GGUF file, and before that one of its own (`.dat`)."""

from __future__ import annotations

from pathlib import Path

from ....errors import InvalidModelError
from .gguf_file import read_gguf
from .legacy_file import read_legacy
from .matrix import ImportanceMatrix


def read_importance(path: Path) -> ImportanceMatrix:
    """The matrix in a file. Raises `InvalidModelError`, and OSError when it cannot be read."""
    with path.open("rb") as file:
        is_gguf = file.read(4) == b"GGUF"
    matrix = read_gguf(path) if is_gguf else read_legacy(path)
    if not matrix:
        raise InvalidModelError(f"{path} is an importance matrix with nothing in it.", model=str(path))
    return matrix
