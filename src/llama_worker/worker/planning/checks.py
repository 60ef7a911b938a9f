"""Which of a model's options do not go together, said before an engine is started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InvalidOptionsError
from ...options import ModelOptions

_WHOLE_NUMBERS = frozenset({"f32", "f16", "bf16"})


def check_together(context: Mapping[str, Any], model: ModelOptions) -> None:
    """Raise `InvalidOptionsError` for what an engine would refuse or quietly do otherwise; `context` is what was asked
    for of its options."""
    values = context.get("cache_type_v", "f16")
    if values not in _WHOLE_NUMBERS and context.get("flash_attention") is False:
        raise InvalidOptionsError(
            f'Values of the type {values} need flash attention: leave flash_attention at "auto", or choose another '
            "cache_type_v.",
            path="cache_type_v",
        )
    if model.use_direct_io and model.use_mlock:
        raise InvalidOptionsError(
            "use_direct_io and use_mlock cannot go together: a file is read in one way.", path="use_direct_io"
        )
    if model.tensor_split is not None and not any(model.tensor_split):
        raise InvalidOptionsError("tensor_split must give at least one GPU a part of the model.", path="tensor_split")
    if model.split_mode == "tensor" and model.gpu_layers is None:
        raise InvalidOptionsError(
            'With split_mode "tensor" nobody can count what fits: say gpu_layers too.', path="gpu_layers"
        )
