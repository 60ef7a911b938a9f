"""The header of a safetensors file: which tensors it holds, and where, read without believing it."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec

from ....errors import InvalidModelError

_LONGEST_HEADER_BYTES = 100_000_000
"""What the format allows."""
_MOST_DIMENSIONS = 8

ITEM_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "F8_E8M0": 1,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U64": 8,
    "U32": 4,
    "U16": 2,
    "U8": 1,
    "BOOL": 1,
}
"""The types that a tensor can be stored as, with the bytes of one element."""


class Stored(msgspec.Struct, frozen=True):
    """One tensor of a file: its elements begin at byte `offset`."""

    file: Path
    dtype: str
    shape: tuple[int, ...]
    offset: int

    @property
    def byte_count(self) -> int:
        return math.prod(self.shape) * ITEM_BYTES[self.dtype]


class _Entry(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def read_header(path: Path) -> dict[str, Stored]:
    """The tensors of a file by name. Raises `InvalidModelError` for a file that is not what the format says."""
    try:
        return _parse(path)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidModelError(
            f"{path.name} is no sound safetensors file: its header does not read ({error})."
        ) from None


def _parse(path: Path) -> dict[str, Stored]:
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER_BYTES):
            raise InvalidModelError(f"{path.name} is no safetensors file: it claims a header of {length} bytes.")
        raw = msgspec.json.decode(file.read(length), type=dict[str, msgspec.Raw])
    raw.pop("__metadata__", None)
    entries = {name: msgspec.json.decode(entry, type=_Entry) for name, entry in raw.items()}
    _check(path, entries, size - 8 - length)
    return {
        name: Stored(path, entry.dtype, tuple(entry.shape), 8 + length + entry.data_offsets[0])
        for name, entry in entries.items()
    }


def _check(path: Path, entries: dict[str, _Entry], data_bytes: int) -> None:
    """Tensors must lie one behind the other and fill the file, as the format demands."""
    end = 0
    for name, entry in sorted(entries.items(), key=lambda item: item[1].data_offsets):
        begin, stop = entry.data_offsets
        if entry.dtype not in ITEM_BYTES:
            raise InvalidModelError(f"Tensor {name!r} of {path.name} is of a type that nobody knows: {entry.dtype!r}.")
        if len(entry.shape) > _MOST_DIMENSIONS or any(length < 0 for length in entry.shape):
            raise InvalidModelError(f"Tensor {name!r} of {path.name} has a shape that no tensor has.")
        if begin != end or stop - begin != math.prod(entry.shape) * ITEM_BYTES[entry.dtype]:
            raise InvalidModelError(f"Tensor {name!r} of {path.name} does not lie where its shape says it must.")
        end = stop
    if end != data_bytes:
        raise InvalidModelError(
            f"{path.name} is incomplete or broken: its header tells of {end:,} bytes of tensors, it has {data_bytes:,}."
        )
