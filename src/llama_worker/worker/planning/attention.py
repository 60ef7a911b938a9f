"""Whether attention is computed the way called flash attention: of advantage on GPUs, and not always on processors.

llama.cpp's flash attention for processors goes through the whole cache for each token of a step of fewer than 64: the
next token of an answer, a question in a long conversation. Without it both are matrices, which takes less time the
longer the conversation is, and memory for their scores. docs/tuning.md has what was measured, on x86-64 only.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

from ...engine.defaults import LONGEST_FOR_FLASH, SCORES_SHARE
from ...models.gguf.header import GgufHeader
from ...models.memory.estimate import estimate
from ...models.memory.layers import layers_of
from .plan import plan_of

_MEASURED_ON = ("x86_64", "AMD64")
_WITHOUT = "the processor writes faster without, and reads a question in a long conversation faster"


def with_attention(header: GgufHeader, chosen: Mapping[str, Any], free_bytes: int) -> dict[str, Any]:
    """An engine's settings with the kind of attention that suits them, where nobody asked for one."""
    if "flash_attention" in chosen:
        return dict(chosen)
    if not (_is_slower_with(header, chosen) and _has_room_for_scores(header, chosen, free_bytes)):
        return {**chosen, "flash_attention": "auto"}
    return {**chosen, "flash_attention": False, "reasons": chosen["reasons"] | {"flash_attention": _WITHOUT}}


def _is_slower_with(header: GgufHeader, chosen: Mapping[str, Any]) -> bool:
    """On a processor that was measured, with a cache as it was measured, and conversations that can grow long."""
    return (
        platform.machine() in _MEASURED_ON
        and not chosen["gpu"]
        and any(layer.key_values for layer in layers_of(header))
        and all(chosen.get(f"cache_type_{side}", "f16") == "f16" for side in "kv")
        and chosen["context_size"] > LONGEST_FOR_FLASH
        and not _looks_at_others(chosen)
    )


def _looks_at_others(chosen: Mapping[str, Any]) -> bool:
    """Whether a token is held against what other conversations have in the same cache, which flash attention leaves
    out: beside three of the same length everything takes longer without it."""
    return bool(chosen["kv_unified"]) and chosen["sequences"] > 1


def _has_room_for_scores(header: GgufHeader, chosen: Mapping[str, Any], free_bytes: int) -> bool:
    plan = plan_of(chosen)
    with_flash = estimate(header, **plan).required_bytes
    without = estimate(header, **plan | {"flash_attention": False}).required_bytes
    return without <= min(with_flash * (1 + SCORES_SHARE), free_bytes)
