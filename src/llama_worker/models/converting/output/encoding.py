"""Elements as GGUF stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..checkpoint.numbers import Array


def encoded(part: Array, kind: str) -> memoryview:
    """The bytes of some rows of a tensor of the type `kind`.

    Bytes for a type of four bits are already what the file has: nothing is rounded twice.
    """
    import gguf
    import numpy as np

    if kind == "MXFP4" and part.dtype == np.uint8:
        return np.ascontiguousarray(part).data.cast("B")
    quantized = gguf.quants.quantize(np.ascontiguousarray(part), gguf.GGMLQuantizationType[kind])
    return np.ascontiguousarray(quantized).data.cast("B")
