"""Shapes as ggml counts dimensions."""

from __future__ import annotations

from msgspec import structs

from ..gguf.parser import TensorInfo


def without_trailing_ones(info: TensorInfo) -> TensorInfo:
    """The tensor with no more dimensions than ggml writes: the outermost ones of size 1 are left out."""
    shape = info.shape
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return structs.replace(info, shape=shape)
