"""Values of metadata as they stand in a file, each with its type."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ..value_types import NUMBER_CODES, VALUE_TYPES

_COUNT = struct.Struct("<Q")
_TYPE = struct.Struct("<I")


class TypedValue(msgspec.Struct, frozen=True):
    """A value: its type ("u32", "string", "array", ...), and its bytes as they follow the type in a file."""

    type: str
    data: bytes

    def encoded(self) -> bytes:
        """The bytes of type and value."""
        return _type(self.type) + self.data


Metadata = Mapping[str, TypedValue]
"""Values by key, in the order in which they stand in a file."""


def number(kind: str, value: int | float) -> TypedValue:
    """A number or bool; raises ValueError when it is none of the type `kind`."""
    return TypedValue(kind, _pack_numbers(kind, (value,)))


def text(value: str | bytes) -> TypedValue:
    """A text; bytes stay as they are, whether they are UTF-8 or not."""
    return TypedValue("string", _string(value))


def array(kind: str, items: Sequence[int | float | str | bytes]) -> TypedValue:
    """An array whose items are of the type `kind`; raises ValueError for an item that is not."""
    data = b"".join(map(_string, items)) if kind == "string" else _pack_numbers(kind, items)
    return TypedValue("array", _type(kind) + _COUNT.pack(len(items)) + data)


def decoded(value: TypedValue) -> Any:
    """What a value says: a number, a bool, bytes for a text, a list for an array."""
    if value.type != "array":
        return _read(value.type, value.data, 1)[0]
    (item_type,), (count,) = _TYPE.unpack_from(value.data), _COUNT.unpack_from(value.data, _TYPE.size)
    return _read(VALUE_TYPES[item_type], value.data[_TYPE.size + _COUNT.size :], count)


def typed(kind: str, value: int | float | str | bytes) -> TypedValue:
    """A number, bool or text, by the name of its type; raises ValueError."""
    return text(_no_number(value)) if kind == "string" else number(kind, _no_text(value))


def _type(kind: str) -> bytes:
    return _TYPE.pack(VALUE_TYPES.index(kind))


def _string(value: object) -> bytes:
    raw = value.encode() if isinstance(value, str) else _no_number(value)
    assert isinstance(raw, bytes)
    return _COUNT.pack(len(raw)) + raw


def _read(kind: str, data: bytes, count: int) -> list[Any]:
    if kind == "string":
        return list(_strings(data, count))
    numbers = struct.unpack(f"<{count}{NUMBER_CODES[kind]}", data)
    return list(map(bool, numbers)) if kind == "bool" else list(numbers)


def _strings(data: bytes, count: int) -> Iterator[bytes]:
    at = 0
    for _ in range(count):
        start = at + _COUNT.size
        at = start + _COUNT.unpack_from(data, at)[0]
        yield data[start:at]


def _no_number(value: object) -> str | bytes:
    if not isinstance(value, (str, bytes)):
        raise ValueError(f"{value!r} is no text")
    return value


def _no_text(value: object) -> int | float:
    if not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is no number")
    return value


def _pack_numbers(kind: str, values: Iterable[object]) -> bytes:
    numbers = [_no_text(value) for value in values]
    if kind not in NUMBER_CODES:
        raise ValueError(f"{kind!r} is no type of numbers; these are: {', '.join(NUMBER_CODES)}")
    if kind == "bool" and any(value not in (0, 1) for value in numbers):
        raise ValueError("a bool is true or false")
    try:
        return struct.pack(f"<{len(numbers)}{NUMBER_CODES[kind]}", *numbers)
    except (struct.error, OverflowError) as error:
        wrong = next((value for value in numbers if not _fits(kind, value)), numbers)
        raise ValueError(f"{wrong!r} is no {kind}") from error


def _fits(kind: str, value: int | float) -> bool:
    try:
        struct.pack(f"<{NUMBER_CODES[kind]}", value)
    except (struct.error, OverflowError):
        return False
    return True
