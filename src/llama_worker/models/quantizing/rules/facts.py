"""What of a model, beside its tensors' names, decides on types."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from ...gguf.header import GgufHeader
from ...gguf.parser import TensorInfo
from .kinds import OUTPUT, VALUES, kind_of

# Of these, models with so many layers count as those of 70 billion weights.
_LARGE = {"qwen2": 80, "deci": 80, "olmo": 80, "jais2": 68}
_LARGE_LLAMA = 80
_BLOCK = re.compile(r"blk\.(-?\d+)\.")


class ModelFacts(Struct, frozen=True):
    """`sharing`: how many heads of queries share one of keys and values. `value_tensors`: how many hold the attention's
    values. `tied`: the embedding of tokens is the output too. `imatrix`: an importance matrix is at hand."""

    architecture: str
    layers: int
    experts: int
    sharing: int
    large: bool
    tied: bool
    value_tensors: int
    imatrix: bool


def facts_of(header: GgufHeader, tensors: Sequence[TensorInfo], *, imatrix: bool) -> ModelFacts:
    """What is to be known of the model with that header."""
    heads = (header.per_block("attention.head_count") or [0])[0]
    heads_kv = (header.per_block("attention.head_count_kv", heads) or [0])[0]
    return ModelFacts(
        architecture=header.architecture,
        layers=header.block_count,
        experts=header.integer("expert_count"),
        sharing=heads // heads_kv if heads_kv else 0,
        large=_is_large(header, heads != heads_kv),
        tied=not any(tensor.name == OUTPUT for tensor in tensors),
        value_tensors=sum(kind_of(tensor.name) in VALUES for tensor in tensors),
        imatrix=imatrix,
    )


def _is_large(header: GgufHeader, shares: bool) -> bool:
    if header.architecture == "llama":
        return header.block_count == _LARGE_LLAMA and shares
    return header.block_count == _LARGE.get(header.architecture)


def block_of(name: str) -> int | None:
    """The layer that a tensor belongs to, as far as its name begins with one."""
    match = _BLOCK.match(name)
    return int(match[1]) if match else None


def in_order(tensors: Sequence[TensorInfo]) -> list[TensorInfo]:
    """In the order in which llama.cpp goes through them, as some rules count: by layer, then by name."""

    def key(tensor: TensorInfo) -> tuple[int, bytes]:
        block = block_of(tensor.name)
        return -1 if block is None else block, tensor.name.encode()

    return sorted(tensors, key=key)
