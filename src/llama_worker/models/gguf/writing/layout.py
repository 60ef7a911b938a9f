"""Where everything stands in a file that is to be written."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from ....errors import InvalidModelError
from ..ggml_types import GGML_TYPES, TYPES_BY_NAME
from ..header import GgufHeader
from ..inspect import read_source
from ..parser import TensorInfo
from .values import Metadata

VERSION = 3
_ALIGNMENT = "general.alignment"
_DEFAULT_ALIGNMENT = 32
_NUMBERS = {kind.name: number for number, kind in GGML_TYPES.items()}
_UNKNOWN = "type "


class Layout:
    """The header of a file with this metadata and these tensors, and the places of the tensors.

    Of `tensors` name, type, shape and size are taken; offsets are made anew, in the order given, each tensor at a
    multiple of `general.alignment` (32 bytes when the metadata do not say). What is here is what a reader finds: the
    header is read back. Raises InvalidModelError when ours would refuse it (two tensors of one name, say), with `name`
    in the sentence, and ValueError for a tensor type that there is not.
    """

    def __init__(self, metadata: Metadata, tensors: Sequence[TensorInfo], name: str = "The file") -> None:
        alignment = _alignment(metadata, name)
        placed, end = _place(tensors, alignment)
        head = _head(metadata, placed)
        self.header = head + bytes(-len(head) % alignment)
        self.alignment = alignment
        self.size_bytes = len(self.header) + end
        self.read: GgufHeader = read_source(_Unwritten(self.header, self.size_bytes), name)
        self.tensors: tuple[TensorInfo, ...] = self.read.tensors

    @property
    def data_offset(self) -> int:
        """Where the tensors' data begin in the file."""
        return len(self.header)

    def padding(self, tensor: TensorInfo) -> int:
        """How many zeros follow the data of a tensor."""
        return -tensor.size_bytes % self.alignment


def tensor(name: str, kind: str, shape: Sequence[int]) -> TensorInfo:
    """A tensor for a layout: `kind` as ggml names it ("Q4_K"), the innermost dimension first. Raises ValueError."""
    known = TYPES_BY_NAME.get(kind)
    if known is None:
        raise ValueError(f"{kind!r} is no type of tensors")
    return TensorInfo(name, kind, tuple(shape), 0, known.bytes_for(math.prod(shape)))


class _Unwritten:
    """A file of which only the beginning is there: a reader of headers asks for no more."""

    def __init__(self, beginning: bytes, size: int) -> None:
        self._beginning = beginning
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        return self._beginning[offset : offset + length]


def _alignment(metadata: Metadata, name: str) -> int:
    value = metadata.get(_ALIGNMENT)
    if value is None:
        return _DEFAULT_ALIGNMENT
    alignment = int.from_bytes(value.data, "little") if value.type == "u32" else 0
    if alignment <= 0 or alignment & (alignment - 1):
        raise InvalidModelError(f"{name} cannot have the alignment {alignment}: it is a power of two, as u32.")
    return alignment


def _place(tensors: Sequence[TensorInfo], alignment: int) -> tuple[list[TensorInfo], int]:
    placed, end = [], 0
    for info in tensors:
        placed.append(TensorInfo(info.name, info.type, info.shape, end, info.size_bytes))
        end += info.size_bytes + -info.size_bytes % alignment
    return placed, end


def _head(metadata: Metadata, tensors: Sequence[TensorInfo]) -> bytes:
    values = [_string(key) + value.encoded() for key, value in metadata.items()]
    infos = [_info(info) for info in tensors]
    return b"GGUF" + struct.pack("<IQQ", VERSION, len(infos), len(values)) + b"".join(values + infos)


def _info(info: TensorInfo) -> bytes:
    count = len(info.shape)
    return _string(info.name) + struct.pack(f"<I{count}QIQ", count, *info.shape, _type_number(info.type), info.offset)


def _type_number(kind: str) -> int:
    """The number of a type; of one that only newer engines know, the number that stands in its name."""
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    if kind.startswith(_UNKNOWN):
        return int(kind.removeprefix(_UNKNOWN))
    raise ValueError(f"{kind!r} is no type of tensors")


def _string(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw
