"""Random weights in safetensors files: several, with an index, as large models have them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
EIGHT_BITS = "F8_E4M3"
_NO_NAN = 0xF7


def write_shards(folder: Path, tensors: Mapping[str, Shape], kind: str, count: int, stem: str = "model") -> None:
    """All tensors, divided among so many files; blocks and scales of experts are bytes, whatever the rest is."""
    names = list(tensors)
    if count == 1:
        _write(folder / f"{stem}.safetensors", {name: _tensor(name, tensors[name], kind) for name in names})
        return
    index: dict[str, str] = {}
    size = 0
    for shard in range(count):
        part = names[shard * len(names) // count : (shard + 1) * len(names) // count]
        file = f"{stem}-{shard + 1:05}-of-{count:05}.safetensors"
        content = {name: _tensor(name, tensors[name], kind) for name in part}
        _write(folder / file, content)
        index |= dict.fromkeys(part, file)
        size += sum(len(data) for _, _, data in content.values())
    text = {"metadata": {"total_size": size}, "weight_map": dict(sorted(index.items()))}
    (folder / f"{stem}.safetensors.index.json").write_text(json.dumps(text, indent=2))


def _write(path: Path, tensors: Mapping[str, tuple[str, Shape, bytes]]) -> None:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, (kind, shape, data) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [position, position + len(data)]}
        position += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, _, data in tensors.values():
            file.write(data)


def _tensor(name: str, shape: Shape, kind: str) -> tuple[str, Shape, bytes]:
    if name.endswith(("_blocks", "_scales")):
        return "U8", shape, _bytes(name, shape).tobytes()
    if name.endswith("position_ids"):
        return "I64", shape, np.arange(shape[-1], dtype=np.int64).tobytes()
    if kind == EIGHT_BITS and name.endswith("_proj.weight"):
        return kind, shape, (_bytes(name, shape) & _NO_NAN).tobytes()
    kind = "BF16" if kind == EIGHT_BITS else kind
    return kind, shape, encoded(values(name, shape), kind)


def values(name: str, shape: Shape) -> NDArray[np.float32]:
    """The weights of a tensor: of a matrix such that what comes out is as large as what goes in."""
    count = int(np.prod(shape))
    raw = np.random.PCG64(zlib.crc32(name.encode())).random_raw((count + 3) // 4)
    uniform = raw.astype("<u8").view("<u2")[:count].astype(np.float32) / np.float32(32768) - np.float32(1)
    if len(shape) == 1:
        return _vector(name, uniform)
    spread = np.float32(1) if "embed" in name else np.float32((3 / shape[-1]) ** 0.5)
    return (uniform * spread).reshape(shape)


def _vector(name: str, uniform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Norms are near one, biases and the like near zero."""
    near = np.float32(1 if "norm" in name.lower() and name.endswith("weight") else 0)
    return near + uniform * np.float32(0.25)


def _bytes(name: str, shape: Shape) -> NDArray[np.uint8]:
    """Values of four bits in pairs or of eight, or scales: powers of two somewhat below one."""
    count = int(np.prod(shape))
    raw = np.random.PCG64(zlib.crc32(name.encode())).random_raw((count + 7) // 8)
    found = raw.astype("<u8").view(np.uint8)[:count].reshape(shape)
    return found if not name.endswith("_scales") else (found % 4 + 122).astype(np.uint8)


def encoded(numbers: NDArray[np.float32], kind: str) -> bytes:
    """As the file has them; bfloat16 is the upper half."""
    if kind == "F32":
        return numbers.astype("<f4").tobytes()
    if kind == "F16":
        return numbers.astype("<f2").tobytes()
    return (numbers.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
