"""What stands in a model file, read without the package that is tested: keys with their encoded values, and tensors."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
from msgspec import Struct

from tests.models import raw_gguf

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_ALIGNMENT = 32
_SHOWN = 48


class Tensor(Struct, frozen=True):
    """Its shape, row length first, llama.cpp's number of its type, and the digest of its bytes."""

    shape: tuple[int, ...]
    kind: int
    digest: str


class GgufFile(Struct, frozen=True):
    """A model file: what follows each key (type and value, as encoded), and its tensors."""

    keys: dict[str, bytes]
    tensors: dict[str, Tensor]


def read(path: Path) -> GgufFile:
    """Everything that stands in a file whose tensors follow each other without gaps but for alignment."""
    data = path.read_bytes()
    assert data[:4] == b"GGUF"
    _, tensors, keys = struct.unpack_from("<IQQ", data, 4)
    position, found = 24, {}
    for _ in range(keys):
        name, position = _text(data, position)
        end = _after(data, position + 4, struct.unpack_from("<I", data, position)[0])
        found[name] = data[position:end]
        position = end
    return GgufFile(found, _tensors(data, position, tensors))


def _tensors(data: bytes, position: int, count: int) -> dict[str, Tensor]:
    named = []
    for _ in range(count):
        name, position = _text(data, position)
        (dimensions,) = struct.unpack_from("<I", data, position)
        *shape, kind, offset = struct.unpack_from(f"<{dimensions}QIQ", data, position + 4)
        position += 4 + 8 * dimensions + 12
        named.append((offset, name, tuple(shape), kind))
    start = position + -position % _ALIGNMENT
    named.sort()
    ends = [*(offset for offset, *_ in named[1:]), len(data) - start][: len(named)]
    return {
        name: Tensor(shape, kind, hashlib.sha256(_trimmed(data[start + offset : start + end], kind, shape)).hexdigest())
        for (offset, name, shape, kind), end in zip(named, ends, strict=True)
    }


def _trimmed(data: bytes, kind: int, shape: tuple[int, ...]) -> bytes:
    """Without what fills it up to the next tensor."""
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    values, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    length = int(np.prod(shape)) // values * size
    assert len(data) - length < _ALIGNMENT
    assert not any(data[length:])
    return data[:length]


def _text(data: bytes, position: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<Q", data, position)
    end = position + 8 + length
    return data[position + 8 : end].decode(), end


def _after(data: bytes, position: int, kind: int) -> int:
    """Where a value ends."""
    if kind == raw_gguf.STRING:
        return position + 8 + int(struct.unpack_from("<Q", data, position)[0])
    if kind != raw_gguf.ARRAY:
        return position + _SIZES[kind]
    element, count = struct.unpack_from("<IQ", data, position)
    position += 12
    if element != raw_gguf.STRING:
        return position + int(count) * _SIZES[element]
    for _ in range(count):
        position += 8 + int(struct.unpack_from("<Q", data, position)[0])
    return position


def differences(ours: GgufFile, theirs: GgufFile) -> list[str]:
    """What is not the same, a line for each key and tensor."""
    lines = []
    for name in sorted({*ours.keys, *theirs.keys}):
        mine, other = ours.keys.get(name), theirs.keys.get(name)
        if mine != other:
            lines.append(f"{name}: ours {_shown(mine, other)}, theirs {_shown(other, mine)}")
    for name in sorted({*ours.tensors, *theirs.tensors}):
        if ours.tensors.get(name) != theirs.tensors.get(name):
            lines.append(f"{name}: ours {ours.tensors.get(name)}, theirs {theirs.tensors.get(name)}")
    return lines


def _shown(value: bytes | None, other: bytes | None) -> str:
    """The value from where it differs."""
    if value is None:
        return "nothing"
    pairs = enumerate(zip(value, other or b"", strict=False))
    start = next((place for place, (one, two) in pairs if one != two), min(len(value), len(other or b"")))
    start = 0 if len(value) < _SHOWN else max(0, start - _SHOWN // 2)
    return f"{value[start : start + _SHOWN]!r} at {start} of {len(value)}"


def texts(value: bytes) -> tuple[str, ...]:
    """The elements of an encoded array of texts."""
    kind, element, count = struct.unpack_from("<IIQ", value)
    assert (kind, element) == (raw_gguf.ARRAY, raw_gguf.STRING)
    position, found = 16, []
    for _ in range(count):
        text, position = _text(value, position)
        found.append(text)
    return tuple(found)
