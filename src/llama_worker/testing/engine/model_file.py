"""The file of a model that is none: a header in GGUF and nothing behind it, for whatever looks at files."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...engine.process.directory import create_roomy_directory
from .template import SOURCE
from .tokens import VOCABULARY

# GGUF's numbers of types of values.
_UINT32, _STRING = 4, 8
_POOLINGS = {"chat": 0, "embedding": 1, "reranker": 4}
"""llama.cpp's numbers: none, mean, and rank."""
Value = int | str


def write_model(name: str, *, kind: str, context_size: int, dimensions: int) -> Path:
    """A file of that name, in a directory that goes with this process. Raises OSError."""
    path = Path(create_roomy_directory()) / name
    path.write_bytes(_gguf(_metadata(kind, context_size, dimensions)))
    return path


def _metadata(kind: str, context_size: int, dimensions: int) -> dict[str, Value]:
    numbers = {
        "block_count": 1,
        "context_length": context_size,
        "embedding_length": dimensions,
        "feed_forward_length": dimensions,
        "attention.head_count": 1,
        "vocab_size": VOCABULARY,
        "pooling_type": _POOLINGS[kind],
    }
    return {
        "general.architecture": "llama",
        "general.name": "fake",
        **{f"llama.{name}": number for name, number in numbers.items()},
        "tokenizer.chat_template": SOURCE,
    }


def _gguf(metadata: Mapping[str, Value]) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(metadata))
    return head + b"".join(_entries(metadata))


def _entries(metadata: Mapping[str, Value]) -> Iterable[bytes]:
    for key, value in metadata.items():
        yield _text(key)
        if isinstance(value, int):
            yield struct.pack("<II", _UINT32, value)
        else:
            yield struct.pack("<I", _STRING) + _text(value)


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data
