"""Parses the header of a GGUF file in bounded memory, without believing any number in it.

The parser reads from a `ByteSource`, so that the same code serves local files and the first bytes of remote ones.
Every count and length is compared with a limit and with what is left of the file before anything is allocated;
long arrays and texts are walked over, not kept. Peak memory stays below twice the header plus 8 MiB.

Not covered: whether the tensors suit the architecture. The engine checks that, in its own process.
"""

from __future__ import annotations

import math
import struct
from contextlib import suppress

import msgspec

from .cursor import ByteSource, Cursor, MalformedHeader, require
from .ggml_types import GGML_TYPES, HIGHEST_TYPE, REMOVED_TYPES
from .value_types import NUMBER_CODES, VALUE_TYPES

MAX_KEYS = 4096
MAX_TENSORS = 16384
MAX_KEY_LENGTH = 65535
MAX_ARRAY_ITEMS = 1 << 22
MAX_ALIGNMENT = 1 << 20
MAX_DIMENSIONS = 4
MAX_TENSOR_NAME = 63
KEPT_STRING_LENGTH = 256 << 10
KEPT_ARRAY_ITEMS = 512


class GgufArray(msgspec.Struct, frozen=True):
    """An array of metadata; `data` holds the little-endian items of a short numeric one, else None.

    `offset` is where the items begin in the file.
    """

    item_type: str
    count: int
    data: bytes | None = None
    offset: int = 0

    def values(self) -> list[int] | list[float]:
        """The items of a short numeric array, an empty list for any other."""
        if self.data is None:
            return []
        return list(struct.unpack(f"<{self.count}{NUMBER_CODES[self.item_type]}", self.data))


Value = int | float | bool | str | GgufArray


class TensorInfo(msgspec.Struct, frozen=True):
    """A tensor as the header describes it; `offset` counts from the start of the data section."""

    name: str
    type: str
    shape: tuple[int, ...]
    offset: int
    size_bytes: int

    @property
    def elements(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


class ValuePlace(msgspec.Struct, frozen=True):
    """A value of metadata in its file, from `start` to `end`; an array's begins with its items' type and count."""

    type: str
    start: int
    end: int


class RawHeader(msgspec.Struct, frozen=True):
    """What was read; `data_offset` is where the tensors' data begin, `places` where the values of metadata are."""

    version: int
    metadata: dict[str, Value]
    tensors: tuple[TensorInfo, ...]
    alignment: int
    data_offset: int
    places: dict[str, ValuePlace] = {}


def parse_header(source: ByteSource) -> RawHeader:
    """Parse and check the header; raises MalformedHeader with the reason, or what the source raises."""
    cursor = Cursor(source)
    version, tensor_count, key_count = _read_counts(cursor)
    metadata: dict[str, Value] = {}
    places: dict[str, ValuePlace] = {}
    for _ in range(key_count):
        _read_key(cursor, metadata, places)
    alignment = _alignment(metadata)
    raw = [_read_tensor(cursor) for _ in range(tensor_count)]
    data_offset = -(-cursor.position // alignment) * alignment
    tensors = _place(raw, alignment, source.size - data_offset)
    return RawHeader(version, metadata, tensors, alignment, data_offset, places)


def read_beginning(source: ByteSource) -> tuple[int, int, dict[str, Value]]:
    """The version, the number of tensors, and the metadata up to where `source` ends; of an array that does not end
    there only the type and the count. Raises MalformedHeader for what is no GGUF file."""
    cursor = Cursor(source)
    version, tensor_count, key_count = _read_counts(cursor)
    metadata: dict[str, Value] = {}
    for _ in range(key_count):
        start = cursor.position
        try:
            _read_key(cursor, metadata, {})
        except MalformedHeader:
            _note_array(source, start, metadata)
            break
    return version, tensor_count, metadata


def _note_array(source: ByteSource, start: int, metadata: dict[str, Value]) -> None:
    cursor = Cursor(source)
    with suppress(MalformedHeader):
        cursor.skip(start, "the metadata")
        key, kind = cursor.text(MAX_KEY_LENGTH, "a metadata key"), cursor.u32("a type")
        if VALUE_TYPES[kind : kind + 1] == ("array",):
            item, count = cursor.u32("a type"), cursor.u64("a count")
            if item < len(VALUE_TYPES) and count <= MAX_ARRAY_ITEMS:
                metadata[key] = GgufArray(VALUE_TYPES[item], count)


def _read_counts(cursor: Cursor) -> tuple[int, int, int]:
    version = _read_version(cursor)
    tensor_count, key_count = cursor.u64("the tensor count"), cursor.u64("the key count")
    require(tensor_count <= MAX_TENSORS, f"it claims {tensor_count} tensors; {MAX_TENSORS} are allowed")
    require(key_count <= MAX_KEYS, f"it claims {key_count} metadata keys; {MAX_KEYS} are allowed")
    return version, tensor_count, key_count


def _read_version(cursor: Cursor) -> int:
    magic = cursor.take(4, "the magic number")
    require(magic == b"GGUF", f"it begins with {magic!r}, not with b'GGUF'")
    version = cursor.u32("the version")
    require(version & 0xFFFF != 0, "it is written for big-endian machines")
    require(version in (2, 3), f"GGUF version {version} is not supported; 2 and 3 are")
    return version


def _read_key(cursor: Cursor, metadata: dict[str, Value], places: dict[str, ValuePlace]) -> None:
    key = cursor.text(MAX_KEY_LENGTH, "a metadata key")
    shown = key[:64]
    require(key not in metadata, f"the metadata key {shown!r} appears twice")
    kind = _value_type(cursor, f"the type of {shown!r}", f"the value of {shown!r} has the unknown type")
    start = cursor.position
    metadata[key] = _read_value(cursor, kind, f"the value of {shown!r}")
    places[key] = ValuePlace(kind, start, cursor.position)


def _value_type(cursor: Cursor, what: str, unknown: str) -> str:
    number = cursor.u32(what)
    require(number < len(VALUE_TYPES), f"{unknown} {number}")
    return VALUE_TYPES[number]


def _read_value(cursor: Cursor, kind: str, what: str) -> Value:
    if kind == "string":
        return _read_string(cursor, what)
    if kind == "array":
        return _read_array(cursor, what)
    value = cursor.number(NUMBER_CODES[kind], what)
    if kind == "bool":
        require(value in (0, 1), f"{what} is a bool with the value {value}")
        return bool(value)
    return value


def _read_string(cursor: Cursor, what: str) -> Value:
    length = cursor.length(what)
    if length > KEPT_STRING_LENGTH:
        cursor.skip(length, what)
        return GgufArray("text", length)
    return cursor.take(length, what).decode(errors="replace")


def _read_array(cursor: Cursor, what: str) -> GgufArray:
    kind = _value_type(cursor, what, f"{what} is an array of the unknown type")
    require(kind != "array", f"{what} is an array of arrays, which no engine reads")
    count = cursor.u64(what)
    require(count <= MAX_ARRAY_ITEMS, f"{what} claims {count} items; {MAX_ARRAY_ITEMS} are allowed")
    offset = cursor.position
    if kind == "string":
        require(count * 8 <= cursor.left, f"{what} reaches beyond the end of the file")
        cursor.skip_strings(count, what)
        return GgufArray("string", count, offset=offset)
    length = count * struct.calcsize(NUMBER_CODES[kind])
    if count > KEPT_ARRAY_ITEMS:
        cursor.skip(length, what)
        return GgufArray(kind, count, offset=offset)
    return GgufArray(kind, count, cursor.take(length, what), offset)


def _alignment(metadata: dict[str, Value]) -> int:
    value = metadata.get("general.alignment", 32)
    valid = type(value) is int and 0 < value <= MAX_ALIGNMENT and value & (value - 1) == 0
    require(valid, f"the alignment is {value!r}; it must be a power of two up to 1 MiB")
    return value if isinstance(value, int) else 32


def _read_tensor(cursor: Cursor) -> tuple[str, tuple[int, ...], int, int]:
    name = cursor.text(MAX_TENSOR_NAME, "a tensor name")
    what = f"the tensor {name!r}"
    dimensions = cursor.u32(what)
    require(1 <= dimensions <= MAX_DIMENSIONS, f"{what} has {dimensions} dimensions; 1 to 4 are allowed")
    shape = struct.unpack(f"<{dimensions}Q", cursor.take(8 * dimensions, what))
    require(all(shape), f"{what} has a dimension of 0")
    require(math.prod(shape) < 2**62, f"{what} has more elements than memory could hold")
    kind = cursor.u32(what)
    known = kind <= HIGHEST_TYPE and kind not in REMOVED_TYPES
    require(known, f"{what} has the unknown type {kind}")
    return name, shape, kind, cursor.u64(what)


def _place(raw: list[tuple[str, tuple[int, ...], int, int]], alignment: int, available: int) -> tuple[TensorInfo, ...]:
    """Check that names are unique and that every tensor lies inside the data, apart from the others."""
    require(len({entry[0] for entry in raw}) == len(raw), "two tensors have the same name")
    order = sorted(range(len(raw)), key=lambda index: raw[index][3])
    ends = dict(zip(order, [raw[index][3] for index in order[1:]] + [max(available, 0)], strict=False))
    return tuple(_placed(*entry, ends[index], alignment) for index, entry in enumerate(raw))


def _placed(name: str, shape: tuple[int, ...], kind: int, offset: int, end: int, alignment: int) -> TensorInfo:
    what = f"the tensor {name!r}"
    known = GGML_TYPES.get(kind)
    require(offset % alignment == 0, f"{what} is not aligned to {alignment} bytes")
    if known is None:
        require(offset <= end, f"{what} lies beyond the end of the file")
        return TensorInfo(name, f"type {kind}", shape, offset, end - offset)
    require(shape[0] % known.block_size == 0, f"{what} has rows that are no whole blocks of {known.name}")
    size = known.bytes_for(math.prod(shape))
    require(offset + size <= end, f"{what} reaches beyond the end of the file or into the next tensor")
    return TensorInfo(name, known.name, shape, offset, size)
