"""Checkpoints of 8-bit numbers: weights that mean something only together with their scales."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ....errors import InvalidModelError, NotSupportedError
from .tensor import Tensor

if TYPE_CHECKING:
    from .numbers import Array

_UNUSED = (".activation_scale", "_activation_scale", ".input_scale", ".k_scale", ".v_scale", ".qscale_act")
"""Scales of what is computed, not of weights."""

_WITH_SCALES = ("float-quantized", "int-quantized", "naive-quantized")
"""What compressed-tensors calls weights with a scale for each row or block."""

_SCALES = {"_scale_inv": "", ".weight_scale": ".weight", ".qscale_weight": ".weight"}
"""How names of scales end, and those of their weights."""


def unscaled(tensors: Mapping[str, Tensor], config: Mapping[str, Any], model: str) -> dict[str, Tensor]:
    """The tensors with their scales applied, and without these.

    `config` is config.json; raises `NotSupportedError` for weights that are quantized otherwise than in 8 bits.
    """
    quantization = config.get("quantization_config")
    if not isinstance(quantization, dict):
        return dict(tensors)
    block = _block_size(quantization, model)
    result = {name: tensor for name, tensor in tensors.items() if not name.endswith(_UNUSED)}
    for name in list(result):
        weight = _weight_of(name)
        if weight is not None:
            scale = result.pop(name)
            if weight in result:
                result[weight] = _scaled(weight, result[weight], scale, block)
    return result


def _block_size(quantization: Mapping[str, Any], model: str) -> Sequence[int] | None:
    """For how many rows and columns one scale stands; None where its shape alone tells."""
    method = quantization.get("quant_method")
    if method == "fp8":
        return quantization.get("weight_block_size")
    if method == "modelopt" and quantization.get("quant_algo") in (None, "FP8"):
        return None
    if method == "compressed-tensors":
        return _compressed(quantization, model)
    raise NotSupportedError(
        f"{model} is quantized by {method!r} already and cannot be converted; look for its repository of whole weights."
    )


def _compressed(quantization: Mapping[str, Any], model: str) -> Sequence[int] | None:
    kind, groups = quantization.get("format"), quantization.get("config_groups")
    weights = [group.get("weights") or {} for group in groups.values()] if isinstance(groups, dict) else []
    strategies = [each.get("strategy") for each in weights]
    if kind not in _WITH_SCALES or strategies not in (
        ["channel"],
        ["block"],
    ):
        raise NotSupportedError(
            f"{model} is quantized as {kind!r} ({', '.join(map(str, strategies))}), which cannot be converted; look for"
            " its repository of whole weights."
        )
    return weights[0].get("block_structure")


def _weight_of(name: str) -> str | None:
    return next((name.removesuffix(end) + of for end, of in _SCALES.items() if name.endswith(end)), None)


def _scaled(name: str, weight: Tensor, scale: Tensor, block: Sequence[int] | None) -> Tensor:
    _check(name, weight, scale, block)

    def multiply(rows: Array) -> Array:
        factors = _spread(scale.whole().astype("f4"), block, rows.shape)
        product: Array = rows.astype("f4") * factors
        return product

    return weight.as_whole(multiply)


def _spread(scale: Array, block: Sequence[int] | None, shape: tuple[int, ...]) -> Array:
    """Scales with as many dimensions as what they are for, each repeated for its block."""
    if block is not None and scale.ndim >= len(block):
        first = scale.ndim - len(block)
        for axis, size in enumerate(block):
            scale = scale.repeat(size, first + axis)
        scale = scale[tuple(slice(0, size) for size in shape)]
    return scale.reshape(*scale.shape, *(1,) * (len(shape) - scale.ndim))


def _check(name: str, weight: Tensor, scale: Tensor, block: Sequence[int] | None) -> None:
    """Scales come from strangers: they must not be more than there are weights."""
    if block is not None and not all(isinstance(size, int) and 0 < size <= 65536 for size in block):
        raise InvalidModelError(f"The weights' block size cannot be {block!r}.")
    fits = len(scale.shape) <= max(1, len(weight.shape)) and math.prod(scale.shape) <= max(1, math.prod(weight.shape))
    if not fits:
        raise InvalidModelError(f"The scale of {name!r} has another shape than its weights.")
