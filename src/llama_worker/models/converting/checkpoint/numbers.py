"""Numbers as checkpoints store them, made numbers that numpy knows."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

_STORED_AS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "F8_E4M3": "u1",
    "F8_E5M2": "u1",
    "F8_E8M0": "u1",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "u1",
}


def stored_as(dtype: str) -> np.dtype[Any]:
    """What elements of a stored type are read as, before `decoded`."""
    return np.dtype(_STORED_AS[dtype])


def decoded(raw: Array, dtype: str) -> Array:
    """Elements of a stored type as float32, or as what they are when numpy computes with it."""
    if dtype == "BF16":
        return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
    if dtype.startswith("F8_"):
        values: Array = _table(dtype)[raw]
        return values
    return raw.astype(np.float32) if dtype == "F64" else raw


@cache
def _table(dtype: str) -> NDArray[np.float32]:
    """The value of each byte of an 8-bit type."""
    bits = np.arange(256, dtype=np.int32)
    if dtype == "F8_E8M0":
        return np.where(bits == 255, np.nan, np.ldexp(1.0, bits - 127)).astype(np.float32)
    mantissa_bits = 3 if dtype == "F8_E4M3" else 2
    bias = 7 if dtype == "F8_E4M3" else 15
    mantissa, exponent = bits & ((1 << mantissa_bits) - 1), (bits & 127) >> mantissa_bits
    fraction = mantissa / (1 << mantissa_bits)
    value = np.where(exponent == 0, np.ldexp(fraction, 1 - bias), np.ldexp(1 + fraction, exponent - bias))
    value = np.where(_is_infinite(dtype, exponent, mantissa), np.inf, value)
    value = np.where(_is_nan(dtype, exponent, mantissa), np.nan, value)
    return np.where(bits >= 128, -value, value).astype(np.float32)


def _is_infinite(dtype: str, exponent: Array, mantissa: Array) -> Array:
    """E4M3 as checkpoints have it (`fn`) knows no infinity."""
    return (exponent == 31) & (mantissa == 0) if dtype == "F8_E5M2" else np.zeros_like(exponent, bool)


def _is_nan(dtype: str, exponent: Array, mantissa: Array) -> Array:
    marked: Array = (exponent == 31) & (mantissa > 0) if dtype == "F8_E5M2" else (exponent == 15) & (mantissa == 7)
    return marked
