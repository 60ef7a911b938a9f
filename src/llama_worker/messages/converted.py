"""What came of converting a repository."""

from __future__ import annotations

from msgspec import Struct


class ConvertedModel(Struct, frozen=True, rename="camel"):
    """A repository that became a GGUF file of `size_bytes` bytes.

    `architecture` is what GGUF calls it, `tensors` their count, `dtype` the type of its weights ("bf16", say), or
    `quantization` the mixture that they were quantized to.
    """

    path: str
    architecture: str
    dtype: str
    tensors: int
    size_bytes: int
    quantization: str | None = None
