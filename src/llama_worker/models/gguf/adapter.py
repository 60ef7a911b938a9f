"""LoRA adapters: whether a file is one, and fits a model. What llama.cpp would check too late, or not at all and then
abort, is checked here."""

from __future__ import annotations

import math

from .cursor import MalformedHeader, require
from .header import GgufHeader, explained
from .parser import TensorInfo

MAX_RANK = 1 << 16
_A, _B = ".lora_a", ".lora_b"
_TYPES = frozenset({"F32", "F16", "BF16", "Q8_0"})  # what llama.cpp's converter writes
_INPUT = "token_embd.weight"


def check_adapter(adapter: GgufHeader, model: GgufHeader) -> GgufHeader:
    """Return `adapter`; raises InvalidModelError, saying why, when it is no LoRA adapter for `model`."""
    with explained(adapter.source, "adapter for this model"):
        _check_kind(adapter, model)
        tensors = {tensor.name: tensor for tensor in adapter.tensors if not tensor.name.endswith("_norm.weight")}
        require(bool(tensors), "it changes nothing")
        for name in tensors:
            require(name.endswith((_A, _B)), f"its tensor {name!r} is no part of a LoRA")
        for name in sorted({name.removesuffix(_A).removesuffix(_B) for name in tensors}):
            one, other = tensors.get(name + _A), tensors.get(name + _B)
            if one is None or other is None:
                raise MalformedHeader(f"one half of what it changes of {name!r} is missing")
            _check_pair(name, one, other, model)
    return adapter


def _check_kind(adapter: GgufHeader, model: GgufHeader) -> None:
    require(adapter.text("general.type") == "adapter", "it is a model or something else, but no adapter")
    require(adapter.text("adapter.type") == "lora", f"it is an adapter of the kind {adapter.text('adapter.type')!r}")
    theirs, ours = adapter.architecture, model.architecture
    require(theirs == ours, f"it was made for the architecture {theirs!r}, and this is {ours!r}")
    alpha = adapter.metadata.get("adapter.lora.alpha", 0.0)
    require(isinstance(alpha, float) and math.isfinite(alpha), f"its alpha is {alpha!r}; it must be a finite number")
    activated = "adapter.alora.invocation_tokens" in adapter.metadata
    require(not activated, "it is activated by tokens (aLoRA), for which llama-server mixes up what it has cached")


def _check_pair(name: str, a: TensorInfo, b: TensorInfo, model: GgufHeader) -> None:
    changed = model.tensor(name)
    if changed is None:
        raise MalformedHeader(f"it changes {name!r}, which the model does not have")
    for half in (a, b):
        require(half.type in _TYPES, f"its tensor {half.name!r} is of the type {half.type}, which adapters never are")
    width, height, *more = _four(changed)
    if name == _INPUT:
        tied = model.tensor("output.weight") is None
        require(not tied, "it changes the token embedding, which is this model's output too: llama.cpp cannot do that")
        wanted = (_four(b)[1], _four(a)[1]), (width, height)
    else:
        wanted = (_four(a)[0], _four(b)[1]), (width, height)
    rank, same = _ranks(name, a, b)
    require(rank == same and rank <= MAX_RANK, f"the two halves of what it changes of {name!r} do not fit together")
    fits = wanted[0] == wanted[1] and _four(a)[2:] == _four(b)[2:] == tuple(more)
    require(fits, f"what it changes of {name!r} has another shape than the model's")


def _ranks(name: str, a: TensorInfo, b: TensorInfo) -> tuple[int, int]:
    """The same number twice, as both halves say it; of the input `a` is the other way round."""
    return (_four(a)[0] if name == _INPUT else _four(a)[1]), _four(b)[0]


def _four(tensor: TensorInfo) -> tuple[int, ...]:
    return (*tensor.shape, 1, 1, 1)[:4]
