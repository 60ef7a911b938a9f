"""A SentencePiece model as a file: what its library does not tell of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from ....errors import InvalidModelError, NotSupportedError
from ..checkpoint.repository import RepositoryFiles
from .sentencepiece import NORMAL, USER_DEFINED, Piece

_UNIGRAM = 1
_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5


class UnigramFile(Struct, frozen=True):
    """Its pieces, and what is done to a text before: `charsmap` is how characters are normalized, compiled."""

    pieces: list[Piece]
    charsmap: bytes
    adds_prefix: bool
    removes_spaces: bool


def read_unigram(repository: RepositoryFiles, name: str) -> UnigramFile:
    """Raises `InvalidModelError` for what is no such file, `NotSupportedError` for another algorithm."""
    data = (repository.folder / name).read_bytes()
    try:
        fields = list(_fields(data))
        trainer = dict(_fields(_last(fields, 2)))
        normalizer = dict(_fields(_last(fields, 3)))
        pieces = [_piece(dict(_fields(value))) for number, value in fields if number == 1]
        if trainer.get(3, _UNIGRAM) != _UNIGRAM:
            raise NotSupportedError(f"{name} of {repository.name} is not of the unigram kind that llama.cpp has here.")
        return UnigramFile(
            pieces, bytes(normalizer.get(2, b"")), bool(normalizer.get(3, True)), bool(normalizer.get(4, True))
        )
    except (IndexError, struct.error, UnicodeDecodeError, TypeError, KeyError) as error:
        raise InvalidModelError(f"{name} of {repository.name} does not read as SentencePiece: {error}.") from None


def _piece(fields: dict[int, int | bytes]) -> Piece:
    (score,) = struct.unpack("<f", bytes(fields.get(2, bytes(4))))
    kind = int(fields.get(3, NORMAL))
    return Piece(bytes(fields[1]).decode(), score, NORMAL if kind == USER_DEFINED else kind)


def _last(fields: list[tuple[int, int | bytes]], wanted: int) -> bytes:
    return next((bytes(value) for number, value in reversed(fields) if number == wanted), b"")


def _fields(data: int | bytes) -> Iterator[tuple[int, int | bytes]]:
    """The numbered fields of a message of protocol buffers."""
    data = bytes(data)
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        if tag & 7 == _VARINT:
            value, position = _varint(data, position)
            yield tag >> 3, value
            continue
        length = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(tag & 7)
        if tag & 7 == _COUNTED:
            length, position = _varint(data, position)
        if length is None or position + length > len(data):
            raise IndexError("it ends too early")
        yield tag >> 3, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, position
        if shift > 63:
            raise IndexError("a number is too long")
