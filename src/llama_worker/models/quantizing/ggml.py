"""The functions of ggml that quantize, in the bundled engine's library: called with ctypes, in a child process only.

Each call leaves the interpreter to other threads.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...errors import FileWorkError
from ..gguf.ggml_types import GGML_TYPES

_NUMBERS = {kind.name: number for number, kind in GGML_TYPES.items()}
_SUFFIXES = (".so", ".pyd", ".dylib")
_ELSEWHERE = "quantize on another machine, or with llama.cpp's llama-quantize"
Buffer = Any
"""An array of ctypes."""


class _Traits(ctypes.Structure):
    """ggml's `struct ggml_type_traits`."""

    _fields_ = (
        ("type_name", ctypes.c_char_p),
        ("block_size", ctypes.c_int64),
        ("interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t),
        ("is_quantized", ctypes.c_bool),
        ("to_float", ctypes.c_void_p),
        ("from_float", ctypes.c_void_p),
    )


_ToFloat = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class Ggml:
    """The library, once it is found to know `types` as we do. Raises `FileWorkError`."""

    def __init__(self, types: Iterable[str]) -> None:
        self._library = _load()
        try:
            self._declare()
        except AttributeError as error:
            raise _not_available(f"the engine's library does not export what quantizes ({error})") from error
        self._to_float: dict[str, Any] = {}
        for kind in sorted(set(types) & _NUMBERS.keys()):
            self._check(kind)

    def to_float(self, kind: str, source: Buffer, floats: Buffer, count: int) -> None:
        """Make `count` floats of values of that type."""
        self._to_float[kind](source, floats, count)

    def can_read(self, kind: str) -> bool:
        """Whether floats can be made of that type."""
        return kind in self._to_float

    def quantize(self, kind: str, floats: Buffer, target: Buffer, rows: int, width: int, importance: Buffer) -> int:
        """Make rows of that type of floats; how many bytes that took. `importance` is as wide as a row, or None."""
        size: int = self._quantize(_NUMBERS[kind], floats, target, 0, rows, width, importance)
        return size

    def is_sound(self, kind: str, data: Buffer, size: int) -> bool:
        """Whether no value is infinite or no number at all; of types that ggml does not know, True."""
        return kind not in _NUMBERS or bool(self._validate(_NUMBERS[kind], data, size))

    def _declare(self) -> None:
        pointer, number, size = ctypes.c_void_p, ctypes.c_int64, ctypes.c_size_t
        self._quantize = self._library.ggml_quantize_chunk
        self._quantize.argtypes = [ctypes.c_int, pointer, pointer, number, number, number, pointer]
        self._quantize.restype = size
        self._validate = self._library.ggml_validate_row_data
        self._validate.argtypes = [ctypes.c_int, pointer, size]
        self._validate.restype = ctypes.c_bool
        self._traits = self._library.ggml_get_type_traits
        self._traits.argtypes = [ctypes.c_int]
        self._traits.restype = ctypes.POINTER(_Traits)

    def _check(self, kind: str) -> None:
        """That this build means the same by the type's number: its name and the size of its blocks."""
        ours, theirs = GGML_TYPES[_NUMBERS[kind]], self._traits(_NUMBERS[kind]).contents
        name = (theirs.type_name or b"").decode(errors="replace").upper()
        if (name, theirs.block_size, theirs.type_size) != (ours.name, ours.block_size, ours.block_bytes):
            raise _not_available(f"the engine's library has another {kind} than this package knows")
        if theirs.to_float:
            self._to_float[kind] = _ToFloat(theirs.to_float)


def _load() -> ctypes.CDLL:
    path = next(_libraries(), None)
    if path is None:
        raise _not_available("the bundled engine, xllamacpp, is not installed")
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise _not_available(f"the engine's library cannot be loaded ({error})") from error


def _libraries() -> Iterator[Path]:  # without importing the package, which would begin to use it
    spec = find_spec("xllamacpp")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        yield from (path for path in sorted(Path(folder).glob("xllamacpp*")) if path.suffix in _SUFFIXES)


def _not_available(why: str) -> FileWorkError:
    return FileWorkError(f"Nothing can be quantized here, as {why}: {_ELSEWHERE}.", reason="not_available")
