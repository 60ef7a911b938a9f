"""A sound GGUF file taken apart, so that any piece of it can be changed and the whole be put together again."""

from __future__ import annotations

import struct
from itertools import accumulate
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.models import raw_gguf as raw

ALIGNMENT = 32
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each scalar type of the metadata."""


class Key(Struct):
    """A metadata key; `payload` is its value as it stands in the file."""

    name: bytes
    kind: int
    payload: bytes

    def encode(self) -> bytes:
        return raw.text(self.name) + struct.pack("<I", self.kind) + self.payload

    @property
    def item_kind(self) -> int | None:
        """The type of the items of an array."""
        return int(struct.unpack_from("<I", self.payload)[0]) if self.kind == raw.ARRAY else None


class Tensor(Struct):
    """A tensor's description."""

    name: bytes
    shape: tuple[int, ...]
    kind: int
    offset: int

    def encode(self) -> bytes:
        dimensions = struct.pack(f"<I{len(self.shape)}Q", len(self.shape), *(size % 2**64 for size in self.shape))
        return raw.text(self.name) + dimensions + struct.pack("<IQ", self.kind % 2**32, self.offset % 2**64)


class Anatomy(Struct):
    """The parts of one file."""

    keys: list[Key]
    tensors: list[Tensor]
    data: bytes

    def copy(self) -> Anatomy:
        return Anatomy([msgspec.structs.replace(key) for key in self.keys], self._tensors(), self.data)

    def _tensors(self) -> list[Tensor]:
        return [msgspec.structs.replace(tensor) for tensor in self.tensors]

    def key(self, name: str) -> Key | None:
        """The key whose name ends so."""
        return next((key for key in self.keys if key.name.endswith(name.encode())), None)

    def encode(self, **counts: int) -> bytes:
        """The whole file; `counts` ("tensors", "keys", "version") are claimed in place of the true ones."""
        parts = [*(key.encode() for key in self.keys), *(tensor.encode() for tensor in self.tensors)]
        tensors, keys = counts.get("tensors", len(self.tensors)), counts.get("keys", len(self.keys))
        head = b"GGUF" + struct.pack("<IQQ", counts.get("version", 3), tensors % 2**64, keys % 2**64) + b"".join(parts)
        return head + bytes(-len(head) % ALIGNMENT) + self.data

    def boundaries(self) -> list[int]:
        """Where one part of the file ends and the next begins."""
        parts = [4, 4, 8, 8, *(len(key.encode()) for key in self.keys), *(len(one.encode()) for one in self.tensors)]
        ends = list(accumulate(parts))
        data = -(-ends[-1] // ALIGNMENT) * ALIGNMENT
        return [0, *ends, *(data + tensor.offset for tensor in self.tensors), data + len(self.data)]

    def header_size(self) -> int:
        return len(self.encode()) - len(self.data)


def take_apart(path: Path) -> Anatomy:
    """The parts of a file that is known to be sound."""
    content = path.read_bytes()
    reader = _Reader(content)
    reader.take(8)
    tensor_count, key_count = reader.numbers("<QQ")
    keys = [Key(reader.text(), kind := reader.numbers("<I")[0], reader.value(kind)) for _ in range(key_count)]
    tensors = [reader.tensor() for _ in range(tensor_count)]
    return Anatomy(keys, tensors, content[-(-reader.at // ALIGNMENT) * ALIGNMENT :])


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    def take(self, length: int) -> bytes:
        self.at += length
        return self._content[self.at - length : self.at]

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def text(self) -> bytes:
        return self.take(self.numbers("<Q")[0])

    def value(self, kind: int) -> bytes:
        """A value's bytes, walked over."""
        start = self.at
        if kind == raw.STRING:
            self.text()
        elif kind == raw.ARRAY:
            item, count = self.numbers("<IQ")
            for _ in range(count):
                self.value(item)
        else:
            self.take(SIZES[kind])
        return self._content[start : self.at]

    def tensor(self) -> Tensor:
        name = self.text()
        shape = self.numbers(f"<{self.numbers('<I')[0]}Q")
        return Tensor(name, shape, *self.numbers("<IQ"))
