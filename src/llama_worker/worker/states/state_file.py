"""The files in which llama.cpp keeps a sequence: the tokens at their beginning; the rest is opaque.

"ggsq", version, length (three numbers of 32 bits), then so many numbers: either the tokens, or -1, a version, how many
tokens there are, the tokens, and how many pieces of media are among them.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

_HEAD = struct.Struct("=III")
_MAGIC = int.from_bytes(b"ggsq")
_PACKED = struct.Struct("=iII")
_PIECE = 1 << 20
TOKEN_BYTES = 4


def read_tokens(path: Path) -> bytes | None:
    """The tokens of a state as 32-bit numbers, one after the other; None for anything else than a state of mere text.

    Raises OSError.
    """
    numbers = _numbers(path)
    if numbers is None or not _is_packed(numbers):
        return numbers
    end = _end_of_tokens(numbers)
    return numbers[_PACKED.size : end] if numbers[end:] == bytes(TOKEN_BYTES) else None


def holds_media(path: Path) -> bool:
    """Whether it is a state with images or sounds among the tokens. Raises OSError."""
    numbers = _numbers(path)
    if numbers is None or not _is_packed(numbers):
        return False
    pieces = numbers[_end_of_tokens(numbers) :][:TOKEN_BYTES]
    return len(pieces) == TOKEN_BYTES and pieces != bytes(TOKEN_BYTES)


def _numbers(path: Path) -> bytes | None:
    """What stands where the tokens are; None for anything else than a state."""
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        magic, _, count = _HEAD.unpack(head)
        if magic != _MAGIC or count * TOKEN_BYTES > path.stat().st_size:
            return None
        return file.read(count * TOKEN_BYTES)


def _is_packed(numbers: bytes) -> bool:
    return len(numbers) >= _PACKED.size and numbers[:TOKEN_BYTES] == b"\xff" * TOKEN_BYTES


def _end_of_tokens(numbers: bytes) -> int:
    _, _, count = _PACKED.unpack_from(numbers)
    return int(_PACKED.size + count * TOKEN_BYTES)


def packed(tokens: list[int]) -> bytes:
    """Tokens in the form of `read_tokens`."""
    return struct.pack(f"={len(tokens)}i", *tokens)


def common_tokens(one: bytes, other: bytes) -> int:
    """How many tokens the two begin with alike."""
    from ...engine.slots.beginning import common_length  # with all that is asked of an engine

    return common_length(one, other) // TOKEN_BYTES


def digest_of(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
