"""The request to convert a repository."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ..converted import ConvertedModel
from ..ends import ends_with
from ..replies import Result
from .base import Request

__all__ = ["ConvertModel"]

SourceName = Annotated[str, Meta(min_length=1, description="A folder on the worker's machine, or `hf:org/repo`.")]
GgufPath = Annotated[str, Meta(min_length=1, description="The file to write, on the worker's machine.")]


@ends_with(Result, value=ConvertedModel)
class ConvertModel(Request, frozen=True, kw_only=True):
    """Make a GGUF file of a repository of safetensors, which is downloaded when it is not here.

    `dtype` is the type of its weights (`auto`: as in the repository), `quantize` a mixture of llama.cpp's, as `Q4_K_M`,
    to which they are quantized at once, `overwrite` allows to replace the target. With `base`, a model's repository,
    the source is that of a LoRA adapter which changes this model. One that was interrupted goes on.
    """

    source: SourceName
    target: GgufPath
    dtype: Literal["auto", "f32", "f16", "bf16", "q8_0"] = "auto"
    base: SourceName | None = None
    quantize: str | None = None
    overwrite: bool = False
    threads: Annotated[int, Meta(ge=1, le=512, description="Default: one for each processor.")] | None = None
    politeness: Literal["normal", "background"] = "normal"
