"""How a model would be run, as far as memory depends on it: its context, and the words of an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ...engine.companions import Speculation
from ...engine.defaults import (
    CHECKPOINT_BYTES,
    FEWEST_CHECKPOINTS,
    MOST_CHECKPOINTS,
    PROMPT_CACHE_MIB,
    PROMPT_CACHE_SHARE,
    SMALLEST_PROMPT_CACHE_MIB,
    WEIGHTS_FOR_EACH_CHECKPOINT_BYTE,
)
from ...errors import InvalidOptionsError
from ...models.gguf.header import GgufHeader
from ...models.memory.context_choice import SMALL_CONTEXT, ContextChoice, choose_context
from ...models.memory.estimate import PlanOptions
from ...models.memory.layers import layers_of, reads_whole
from ...models.memory.terms import Plan, checkpoint_bytes
from ...options import ModelOptions
from ...options.base import Pooling
from ..companions.companions import Companions

_AS_THEY_ARE = (
    "kv_unified",
    "cache_type_k",
    "cache_type_v",
    "flash_attention",
    "use_mmap",
    "swa_full",
    "kv_offload",
    "repack",
    "cpu_moe",
    "context_checkpoints",
)
_MIB = 1 << 20
_LAST = 3  # llama.cpp's number of the pooling of the last token


def chosen_context(header: GgufHeader, chosen: Mapping[str, Any], free_bytes: int) -> ContextChoice:
    """What was asked for, else what suits the model when so much is free where it will compute."""
    whole = pools_whole(header, chosen.get("pooling"))
    one_cache = whole and not reads_whole(header)
    unified = (one_cache or None) if chosen.get("kv_unified") is None else chosen["kv_unified"]
    if not unified and one_cache:
        # With a cache for each, llama.cpp computes as many tokens of every text of a batch as the shortest has, then
        # the rest, and makes the vectors of what came last.
        message = "A model that makes vectors of whole texts needs kv_unified=True, else it mixes them up."
        raise InvalidOptionsError(message, path="kv_unified")
    if size := chosen.get("context_size"):
        return ContextChoice(size, bool(unified), "as asked for")
    if whole:
        size = min(header.context_length or SMALL_CONTEXT, SMALL_CONTEXT)
        return ContextChoice(size, bool(unified), "a text is embedded as a whole, in one batch")
    plan = plan_of({**chosen, "context_size": SMALL_CONTEXT})
    del plan["context_size"]
    return choose_context(header, free_bytes, unified, cast(PlanOptions, plan))


def pools_whole(header: GgufHeader, asked: Pooling | None) -> bool:
    """Whether embeddings are made of a whole text at once, which must fit into one batch then."""
    if asked is not None:
        return asked != "last" or reads_whole(header)
    return header.integer("pooling_type") not in (0, _LAST)


def prompt_cache_mib(asked_bytes: int | None, companions: Companions, beside_bytes: int, machine_bytes: int) -> int:
    """For conversations that have left their sequence: as much as the model and its sequences take (`beside_bytes`),
    within limits. None beside adapters: llama-server would go on from what was read with another one."""
    if companions.loras:
        return 0
    if asked_bytes is not None:
        return asked_bytes // _MIB
    suited = min(max(beside_bytes // _MIB, SMALLEST_PROMPT_CACHE_MIB), PROMPT_CACHE_MIB)
    return min(suited, int(machine_bytes * PROMPT_CACHE_SHARE) // _MIB)


def plan_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Of an engine's settings those that its memory depends on, as `estimate` calls them."""
    batch = settings["batch_size"]
    return {
        "context_size": settings["context_size"],
        "sequences": settings["sequences"],
        "batch_size": min(settings.get("ubatch_size") or batch, batch),
        "gpu_layers": settings.get("likely_gpu_layers", 0),
        **_beside(settings),
        **{name: settings[name] for name in _AS_THEY_ARE if settings.get(name) is not None},
    }


def _beside(settings: Mapping[str, Any]) -> dict[str, int]:
    """What is loaded beside the model, and how much is drafted for it."""
    speculation: Speculation = settings.get("speculation") or Speculation()
    draft = speculation.model.memory_bytes if speculation.model else 0
    files = (*settings.get("lora_files", ()), settings.get("projector"))
    return {
        "embeds": settings.get("pooling") is not None,
        "companion_bytes": sum(one.size for one in files if one is not None) + draft,
        "draft_tokens": speculation.most,
    }


def split_cache_type(options: Mapping[str, Any]) -> dict[str, Any]:
    """`cache_type` is of keys and of values, where they have none of their own."""
    both = options.get("cache_type")
    sides = {} if both is None else {"cache_type_k": both, "cache_type_v": both}
    return sides | {name: value for name, value in options.items() if name != "cache_type"}


def maps_file(model: ModelOptions) -> bool:
    """Whether weights stay in the system's cache of the file."""
    return model.use_mmap and not model.use_direct_io


def placed(model: ModelOptions) -> dict[str, Any]:
    """Of a model's options those that decide where its weights and caches are."""
    names = ("kv_offload", "repack", "cpu_moe", "pooling")
    return {name: getattr(model, name) for name in names} | {"use_mmap": maps_file(model)}


def chosen_checkpoints(header: GgufHeader, settings: Mapping[str, Any]) -> int:
    """As many as were asked for, else as many as are small beside the model. Models that need none make none."""
    if (asked := settings.get("context_checkpoints")) is not None:
        return int(asked)
    room = max(CHECKPOINT_BYTES, header.data_bytes // WEIGHTS_FOR_EACH_CHECKPOINT_BYTE)
    one = checkpoint_bytes(layers_of(header), Plan(**plan_of(settings)))
    return max(FEWEST_CHECKPOINTS, min(MOST_CHECKPOINTS, room // one if one else FEWEST_CHECKPOINTS))
