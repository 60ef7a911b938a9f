"""An importance matrix in llama.cpp's former form: entries of a name, a count of calls and floats, one after the other.

Nothing in it says that it is one, so all of it must make sense.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from ....errors import InvalidModelError
from .matrix import ImportanceMatrix, Origin, read_floats

_MOST_ENTRIES, _LONGEST_NAME, _MOST_VALUES = 1 << 20, 1 << 10, 1 << 28
_LONGEST_DATASET = 1 << 16
_FLOAT_BYTES = 4


class LegacyEntry(Struct, frozen=True):
    """Where an entry's floats stand: sums over so many calls."""

    path: Path
    start: int
    count: int
    calls: int

    def values(self) -> array[float]:
        """The means."""
        sums = read_floats(self.path, self.start, self.count)
        return array("f", [value / self.calls for value in sums]) if self.calls > 0 else sums


def read_legacy(path: Path) -> ImportanceMatrix:
    """The matrix in such a file. Raises `InvalidModelError` when it is none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            entries = dict(_entries(path, file, size))
            chunks, dataset = _trailer(file)
        except (struct.error, ValueError) as error:
            message = f"{path} is no importance matrix, neither a GGUF file nor one of the former form."
            raise InvalidModelError(message, model=str(path)) from error
    return ImportanceMatrix(Origin(str(path), dataset, chunks), entries)


def _entries(path: Path, file: BinaryIO, size: int) -> Iterator[tuple[str, LegacyEntry]]:
    for _ in range(_number(file, 1, _MOST_ENTRIES)):
        name = file.read(_number(file, 1, _LONGEST_NAME)).decode()
        calls, count = _number(file, -(1 << 31), 1 << 31), _number(file, 1, _MOST_VALUES)
        start = file.tell()
        if start + count * _FLOAT_BYTES > size:
            raise ValueError("it ends within an entry")
        file.seek(start + count * _FLOAT_BYTES)
        yield name, LegacyEntry(path, start, count, calls)


def _trailer(file: BinaryIO) -> tuple[int, str]:
    """How many chunks of which text were measured; the oldest files do not say."""
    if not file.read(1):
        return 0, ""
    file.seek(-1, 1)
    chunks = _number(file, -1, 1 << 31)
    return max(chunks, 0), file.read(_number(file, 0, _LONGEST_DATASET)).decode(errors="replace")


def _number(file: BinaryIO, lowest: int, highest: int) -> int:
    number: int = struct.unpack("<i", file.read(4))[0]
    if not lowest <= number <= highest:
        raise ValueError(f"{number} makes no sense")
    return number
