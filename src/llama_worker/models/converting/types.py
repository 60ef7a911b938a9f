"""The type of each tensor in the file: the one that is asked for, except where llama.cpp needs another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..gguf.ggml_types import TYPES_BY_NAME
from .checkpoint.tensor import Tensor

if TYPE_CHECKING:
    from .family import Family

_EXACT = (
    *("FFN_GATE_INP", "FFN_GATE_INP_SHEXP", "POS_EMBD", "TOKEN_TYPES", "SSM_CONV1D", "SHORTCONV_CONV"),
    *("TIME_MIX_FIRST", "TIME_MIX_W1", "TIME_MIX_W2", "TIME_MIX_DECAY_W1", "TIME_MIX_DECAY_W2"),
    *("TIME_MIX_LERP_FUSED", "POSNET_NORM1", "POSNET_NORM2", "ALTUP_CORRECT_COEF", "ALTUP_PREDICT_COEF"),
)
"""Weights that llama.cpp reads as float32 whatever the others are, by gguf's names."""


_WEIGHTS = (".weight", ".lora_a", ".lora_b")


def guessed(tensors: Iterable[Tensor]) -> str:
    """ "auto": that of the first matrix of a checkpoint that is of 16 bits; f16 when there is none."""
    halves = (tensor.dtype for tensor in tensors if len(tensor.shape) >= 2 and tensor.dtype in ("BF16", "F16"))
    return next(halves, "F16").lower()


def type_of(family: Family, wanted: str, name: str, new_name: str, block: int | None, shape: tuple[int, ...]) -> str:
    """The type that a tensor gets in a file of the type `wanted`."""
    forced = family.type_of(name, new_name, block, len(shape))
    if len(shape) <= 1 or new_name.endswith("_norm.weight"):
        return "F32"
    if forced is None and (new_name[-7:] not in _WEIGHTS or _is_exact(family, new_name, block)):
        return "F32"
    kind = forced or wanted.upper()
    return kind if shape[-1] % TYPES_BY_NAME[kind].block_size == 0 else "F16"


def _is_exact(family: Family, new_name: str, block: int | None) -> bool:
    import gguf

    for kind in _EXACT:
        tensor = getattr(gguf.MODEL_TENSOR, kind)
        if tensor in gguf.MODEL_TENSORS[family.arch]:
            name = gguf.TENSOR_NAMES[tensor]
            if ("{bid}" in name) == (block is not None) and new_name == name.format(bid=block) + ".weight":
                return True
    return False
