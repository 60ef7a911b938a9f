"""Writes a model file: an architecture, a vocabulary, a template, and noise for weights."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tests.models import raw_gguf

from .architectures.architecture import Architecture, Value

_F32, _Q8_0 = 0, 8
_Q8_0_ITEMS = 32
_Q8_0_BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", _Q8_0_ITEMS)])
_LARGE = 1 << 20
_ALIGNMENT = 32


def write_model(
    path: Path, architecture: Architecture, vocabulary: list[bytes], tokens: int, template: str, *, seed: int = 0
) -> Path:
    """`vocabulary` are encoded keys for so many `tokens`; the same `seed` gives the same file."""
    keys = [raw_gguf.string("general.architecture", architecture.name), raw_gguf.string("general.name", path.stem)]
    keys += encoded(architecture.numbers()) + vocabulary
    if template:
        keys.append(raw_gguf.string("tokenizer.chat_template", template))
    described, data, offset = [], [], 0
    for name, shape in architecture.tensors(tokens).items():
        kind, values = noise(name, shape, np.random.default_rng([seed, *name.encode()]))
        described.append(raw_gguf.tensor(name, shape, kind, offset))
        data.append(values + bytes(-len(values) % _ALIGNMENT))
        offset += len(data[-1])
    return raw_gguf.write(path, raw_gguf.gguf(keys, described, data=b"".join(data)))


def encoded(numbers: Mapping[str, Value]) -> list[bytes]:
    """Numbers as keys of a model file."""
    return [_encoded(name, value) for name, value in numbers.items()]


def _encoded(name: str, value: Value) -> bytes:
    if isinstance(value, list):
        return raw_gguf.array(name, raw_gguf.I32, len(value), struct.pack(f"<{len(value)}i", *value))
    if isinstance(value, bool):
        return raw_gguf.key(name, raw_gguf.BOOL, struct.pack("<?", value))
    if isinstance(value, float):
        return raw_gguf.key(name, raw_gguf.F32, struct.pack("<f", value))
    return raw_gguf.u32(name, value)


def noise(name: str, shape: tuple[int, ...], random: np.random.Generator) -> tuple[int, bytes]:
    """A tensor's type and bytes: norms are one, decays negative, what is as long as the vocabulary quantized."""
    count = int(np.prod(shape))
    if count >= _LARGE and shape[0] % _Q8_0_ITEMS == 0:
        blocks = np.zeros(count // _Q8_0_ITEMS, dtype=_Q8_0_BLOCK)
        blocks["scale"] = 0.05 / 73  # the deviation of evenly spread bytes
        blocks["values"] = random.integers(-127, 128, (len(blocks), _Q8_0_ITEMS), dtype=np.int8)
        return _Q8_0, blocks.tobytes()
    values = random.standard_normal(count, dtype=np.float32) * np.float32(0.05)
    if "norm" in name and not name.endswith(".bias"):
        values[:] = 1
    elif name.endswith("ssm_a"):
        values = -1 - np.abs(values)
    return _F32, values.tobytes()
