"""How large a context is when nobody says: what the model was trained for, as far as it fits."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ..gguf.header import GgufHeader
from .estimate import PlanOptions, estimate
from .layers import CELL_PADDING

SHARE_OF_FREE_MEMORY = 0.25
"""How much of what is free beside the model a context may take: the program, what else its user runs, and the prompts
that the engine keeps aside (1 GiB at most) are to fit into the rest. llama.cpp clears all of it when a model is loaded:
measured on two shared cores, up to 1.8 seconds for each gigabyte."""
SMALL_CONTEXT = 4096
"""Tokens: a context that every sequence gets for itself, and the least that is chosen."""


class ContextChoice(Struct, frozen=True):
    """Tokens of the context, whether all sequences share them, and why, in a few words."""

    context_size: int
    kv_unified: bool
    reason: str


def choose_context(header: GgufHeader, free_bytes: int, kv_unified: bool | None, options: PlanOptions) -> ContextChoice:
    """What suits the model when so many bytes are free; `options` are those of `estimate`.

    A large context is one cache that the sequences share, unless `kv_unified` says otherwise, so that one conversation
    may use all of it. It is what the model was trained for or a power of two below, so that it is the same tomorrow.
    """
    trained = header.context_length or SMALL_CONTEXT
    why = f"the model was trained for {trained} tokens"
    if trained <= SMALL_CONTEXT:
        return ContextChoice(trained, bool(kv_unified), why)
    shared = options.get("sequences", 1) > 1 if kv_unified is None else kv_unified
    size = _that_fits(header, free_bytes, trained, {**options, "kv_unified": shared})
    if size < trained:
        why += f", and a quarter of what was free beside it ({free_bytes / 1e9:.1f} GB with it) holds {size}"
    return ContextChoice(size, shared, why)


def _that_fits(header: GgufHeader, free_bytes: int, trained: int, options: PlanOptions) -> int:
    def required(size: int) -> int:
        return estimate(header, context_size=size, **options).required_bytes

    model = required(CELL_PADDING)
    budget = model + max(free_bytes - model, 0) * SHARE_OF_FREE_MEMORY
    return next((size for size in _sizes(trained) if required(size) <= budget), SMALL_CONTEXT)


def _sizes(trained: int) -> Iterator[int]:
    """Those that may be chosen, the largest first."""
    yield trained
    size = 1 << (trained - 1).bit_length() - 1
    while size >= SMALL_CONTEXT:
        yield size
        size //= 2
