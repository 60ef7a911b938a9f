"""Vectors as callers get them: arrays of numpy where that is installed, else lists."""

from __future__ import annotations

import asyncio
import importlib
import math
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[float32]
else:
    Vectors = Any

FLOAT_BYTES = 4


async def to_arrays(vectors: Sequence[bytes], *, single: bool) -> Vectors:
    """The vectors as one array, a row for each; `single`: the one vector by itself."""
    numpy = await asyncio.to_thread(_numpy)  # whose first import takes a while
    rows: Vectors = _lists(vectors) if numpy is None else _matrix(numpy, vectors)
    return rows[0] if single else rows


def to_bytes(vectors: Any) -> list[bytes]:
    """The other way round: each vector's 32-bit floats, of whatever `to_arrays` gave."""
    if not len(vectors):
        return []
    rows = vectors if hasattr(vectors[0], "__len__") else [vectors]
    return [row.tobytes() if hasattr(row, "tobytes") else array("f", row).tobytes() for row in rows]


def to_list(vector: bytes) -> list[float]:
    """The numbers of one vector."""
    return array("f", vector).tolist()


def shortened(vector: bytes, dimensions: int, *, normalize: bool) -> bytes:
    """The first numbers of a vector, which models that were trained for it ("Matryoshka") put most into."""
    kept = array("f", vector)[:dimensions]
    length = math.hypot(*kept) if normalize else 0.0
    return (array("f", [number / length for number in kept]) if length else kept).tobytes()


def _numpy() -> Any:
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None


def _lists(vectors: Sequence[bytes]) -> Any:
    return [to_list(vector) for vector in vectors]


def _matrix(numpy: Any, vectors: Sequence[bytes]) -> Any:
    flat = numpy.frombuffer(bytearray(b"".join(vectors)), dtype=numpy.float32)
    return flat.reshape(len(vectors), -1) if vectors else flat.reshape(0, 0)
