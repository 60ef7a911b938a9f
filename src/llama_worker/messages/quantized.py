"""What came of quantizing a model."""

from __future__ import annotations

from msgspec import Struct


class QuantizedModel(Struct, frozen=True, rename="camel"):
    """A model that was quantized: the file, and what it is in numbers.

    `source_bytes` are those of the tensors before, `size_bytes` those of the file. `types` counts tensors by their
    type; `fallbacks` of them got another type than the mixture has for them, as their rows are no whole blocks of it.
    """

    path: str
    quantization: str
    source_bytes: int
    size_bytes: int
    bits_per_weight: float
    types: dict[str, int]
    fallbacks: int = 0
