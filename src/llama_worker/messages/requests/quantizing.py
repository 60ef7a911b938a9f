"""The request to quantize a model."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ..base import ModelPath
from ..ends import ends_with
from ..quantized import QuantizedModel
from ..replies import Result
from .base import Request

__all__ = ["QuantizeModel"]

TargetPath = Annotated[str, Meta(min_length=1, description="The file to write, on the worker's machine.")]


@ends_with(Result, value=QuantizedModel)
class QuantizeModel(Request, frozen=True, kw_only=True):
    """Write a smaller copy of a model that is here; one that was interrupted goes on where it stopped.

    `quantization` is a mixture of llama.cpp's, as `Q4_K_M`. `imatrix` is an importance matrix, `pure` gives every
    tensor the same type, `requantize` allows what is quantized already, `overwrite` to replace the target.
    """

    model_path: ModelPath
    target: TargetPath
    quantization: str = "Q4_K_M"
    imatrix: str | None = None
    pure: bool = False
    requantize: bool = False
    overwrite: bool = False
    threads: Annotated[int, Meta(ge=1, le=512, description="Default: one for each processor.")] | None = None
    politeness: Literal["normal", "background"] = "normal"
