"""One slab after the other, in a thread: read, made, looked at, written."""

from __future__ import annotations

import ctypes
import hashlib
from array import array
from contextlib import ExitStack
from io import FileIO
from pathlib import Path
from typing import Any

from ...errors import InvalidModelError
from .ggml import Buffer, Ggml
from .importance.matrix import ImportanceMatrix
from .slabs import Slab

DIGEST_BYTES = 8
_FLOAT_BYTES = 4


class RowMaker:
    """A thread's files and memory. `covered` are the tensors that have importance values."""

    def __init__(self, ggml: Ggml, importance: ImportanceMatrix | None, covered: frozenset[str], target: Path) -> None:
        self._ggml = ggml
        self._importance, self._covered = importance, covered
        self._stack = ExitStack()
        self._target = self._stack.enter_context(target.open("r+b", buffering=0))
        self._sources: dict[Path, FileIO] = {}
        self._memory: dict[str, Buffer] = {}

    def close(self) -> None:
        self._stack.close()

    def make(self, slab: Slab) -> bytes:
        """Write the slab, and give its digest. Raises `InvalidModelError` and OSError."""
        data = self._read(slab)
        self._ensure_sound(slab, slab.source_type, data, slab.source_bytes)
        if slab.rows:
            data = self._quantized(slab, data)
            self._ensure_sound(slab, slab.target_type, data, slab.target_bytes)
        written = memoryview(data).cast("B")[: slab.target_bytes]
        self._write(slab, written)
        return digest_of(written)

    def digest(self, slab: Slab) -> bytes:
        """Of what stands in the target in the slab's place."""
        self._target.seek(slab.target_offset)
        return digest_of(memoryview(self._target.read(slab.target_bytes)))

    def _read(self, slab: Slab) -> Buffer:
        file = self._source(slab.part)
        file.seek(slab.source_offset)
        buffer = self._buffer("source", slab.source_bytes)
        view, at = memoryview(buffer).cast("B")[: slab.source_bytes], 0
        while at < slab.source_bytes:
            count = file.readinto(view[at:])
            if not count:
                raise InvalidModelError(f"{slab.part} became shorter while it was read.", model=str(slab.part))
            at += count
        return buffer

    def _quantized(self, slab: Slab, data: Buffer) -> Buffer:
        count = slab.rows * slab.width
        floats = data
        if slab.source_type != "F32":
            floats = self._buffer("floats", count * _FLOAT_BYTES)
            self._ggml.to_float(slab.source_type, data, floats, count)
        target = self._buffer("target", slab.target_bytes)
        importance = self._importance_of(slab)
        self._ggml.quantize(slab.target_type, floats, target, slab.rows, slab.width, importance)
        return target

    def _importance_of(self, slab: Slab) -> Buffer:
        if self._importance is None or slab.name not in self._covered:
            return None
        values: array[float] = self._importance.values(slab.name)
        return (ctypes.c_float * slab.width).from_buffer(values, slab.expert * slab.width * _FLOAT_BYTES)

    def _ensure_sound(self, slab: Slab, kind: str, data: Buffer, size: int) -> None:
        if not self._ggml.is_sound(kind, data, size):
            message = f"{slab.part} holds values in {slab.name} that are no numbers: it was damaged, or never right."
            raise InvalidModelError(message, model=str(slab.part))

    def _write(self, slab: Slab, data: memoryview) -> None:
        self._target.seek(slab.target_offset)
        while data:
            data = data[self._target.write(data) :]

    def _source(self, path: Path) -> FileIO:
        if path not in self._sources:
            self._sources[path] = self._stack.enter_context(path.open("rb", buffering=0))
        return self._sources[path]

    def _buffer(self, use: str, size: int) -> Buffer:
        """Memory that is used again and again."""
        have: Any = self._memory.get(use)
        if have is None or len(have) < size:
            have = self._memory[use] = (ctypes.c_char * size)()
        return have


def digest_of(data: memoryview) -> bytes:
    """Never zeros, which stand for what is not made yet."""
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest() or b""
