"""Writes GGUF bytes by hand, sound or broken in one chosen place."""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

UNIT = 1 << 17
"""Downloads in tests are counted in this many bytes: small enough to be quick, large enough for many chunks."""

U32, I32, F32, BOOL, STRING, ARRAY, U64 = 4, 5, 6, 7, 8, 9, 10
Typed = tuple[int, Any]


def text(value: str | bytes) -> bytes:
    """A length-prefixed string."""
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def key(name: str, kind: int, payload: bytes) -> bytes:
    """One metadata key with an already encoded value."""
    return text(name) + struct.pack("<I", kind) + payload


def u32(name: str, value: int) -> bytes:
    return key(name, U32, struct.pack("<I", value))


def string(name: str, value: str) -> bytes:
    return key(name, STRING, text(value))


def array(name: str, kind: int, count: int, payload: bytes) -> bytes:
    return key(name, ARRAY, struct.pack("<IQ", kind, count) + payload)


def tensor(name: str, shape: Sequence[int], kind: int = 0, offset: int = 0) -> bytes:
    """One tensor description; kind 0 is F32."""
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def model_keys(**changes: int) -> list[bytes]:
    """The metadata of a tiny llama; `changes` replaces numbers by their last name part."""
    numbers = {"block_count": 2, "context_length": 128, "embedding_length": 8, "feed_forward_length": 16}
    numbers |= changes
    keys = [string("general.architecture", "llama"), string("general.name", "Tiny")]
    return keys + [u32(f"llama.{name}", value) for name, value in numbers.items()]


def gguf(
    keys: Sequence[bytes] | None = None,
    tensors: Sequence[bytes] | None = None,
    *,
    data: bytes | None = None,
    magic: bytes = b"GGUF",
    version: int = 3,
    counts: Mapping[str, int] | None = None,
) -> bytes:
    """A whole file; by default a tiny sound one with a single 8x4 F32 tensor."""
    keys = model_keys() if keys is None else keys
    if tensors is None:
        tensors, data = [tensor("token_embd.weight", (8, 4))], bytes(128) if data is None else data
    counts = {"tensors": len(tensors), "keys": len(keys)} | dict(counts or {})
    head = magic + struct.pack("<IQQ", version, counts["tensors"], counts["keys"])
    head += b"".join(keys) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + (data or b"")


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def noise(size: int, seed: int = 0) -> bytes:
    """A sound GGUF file of about that size, with random tensor data."""
    source = random.Random(seed)
    whole, rest = divmod(size // 32 * 32, 1 << 20)
    data = b"".join(source.randbytes(1 << 20) for _ in range(whole)) + source.randbytes(rest)
    return gguf(tensors=[tensor("noise", (len(data) // 4,))], data=data)
