"""How a model would be run, as far as memory depends on it: its context, and the words of an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..engine.defaults import PROMPT_CACHE_MIB
from ..errors import InvalidOptionsError
from ..models.gguf.header import GgufHeader
from ..models.memory.context_choice import SMALL_CONTEXT, ContextChoice, choose_context
from ..models.memory.estimate import PlanOptions
from ..models.memory.layers import reads_whole
from .companions.companions import Companions

_MIB = 1 << 20
_LAST = 3  # llama.cpp's number of the pooling of the last token


def chosen_context(header: GgufHeader, chosen: Mapping[str, Any], free_bytes: int) -> ContextChoice:
    """What was asked for, else what suits the model when so much is free where it will compute."""
    unified = _one_cache(header) if chosen.get("kv_unified") is None else chosen["kv_unified"]
    if not unified and _one_cache(header):
        message = "A model that makes vectors of whole texts needs kv_unified=True, else it mixes them up."
        raise InvalidOptionsError(message, path="kv_unified")
    if size := chosen.get("context_size"):
        return ContextChoice(size, bool(unified), "as asked for")
    if pools_whole(header):
        size = min(header.context_length or SMALL_CONTEXT, SMALL_CONTEXT)
        return ContextChoice(size, bool(unified), "a text is embedded as a whole, in one batch")
    plan = plan_of({**chosen, "context_size": SMALL_CONTEXT})
    del plan["context_size"]
    return choose_context(header, free_bytes, unified, cast(PlanOptions, plan))


def _one_cache(header: GgufHeader) -> bool | None:
    """True where sequences must share one: with a cache for each, llama.cpp computes as many tokens of every text of a
    batch as the shortest has, then the rest, and makes the vectors of what came last."""
    return True if pools_whole(header) and not reads_whole(header) else None


def pools_whole(header: GgufHeader) -> bool:
    """Whether embeddings are made of a whole text at once, which must fit into one batch then."""
    return header.integer("pooling_type") not in (0, _LAST)


def prompt_cache_mib(asked_bytes: int | None, companions: Companions) -> int:
    """For conversations that have left their sequence. None beside adapters: llama-server would go on from what was
    read with another one."""
    if companions.loras:
        return 0
    return PROMPT_CACHE_MIB if asked_bytes is None else asked_bytes // _MIB


def plan_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Of an engine's settings those that its memory depends on, as `estimate` calls them."""
    cache_type, batch = settings.get("cache_type", "f16"), settings["batch_size"]
    return {
        "context_size": settings["context_size"],
        "sequences": settings["sequences"],
        "kv_unified": settings.get("kv_unified") is True,
        "batch_size": min(settings.get("ubatch_size") or batch, batch),
        "cache_type_k": cache_type,
        "cache_type_v": cache_type,
        "gpu_layers": settings.get("likely_gpu_layers", 0),
        "flash_attention": settings.get("flash_attention", "auto"),
        "use_mmap": settings["use_mmap"],
        "companion_bytes": sum(lora.size for lora in settings.get("lora_files", ())),
    }
