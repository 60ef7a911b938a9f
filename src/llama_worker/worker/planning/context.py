"""How much a model keeps in mind and for how many at once: what was asked for, else what suits model and machine."""

from __future__ import annotations

from typing import Any

from ...engine.defaults import SEQUENCES
from ...engine.devices.device import Devices
from ...engine.settings import EnginePooling
from ...engine.threads.cpus import chosen_threads
from ...errors import InvalidOptionsError
from ...models.gguf.header import GgufHeader
from ...options import ContextOptions, LlamaOptions, ModelOptions
from ...options.base import Pooling
from .batch import NOT_MEASURED, Speed, embeds_for_little, of_whole_texts, on_gpu, on_processor, seconds_with
from .checks import check_together
from .offload import gpu_settings, likely_layers
from .plan import chosen_checkpoints, chosen_context, placed, plan_of, pools_whole, split_cache_type

LARGEST_CONTEXT = 2**31 - 1  # the engine counts cells in 32 bits
_RANK = 4  # llama.cpp's number of the pooling of rerankers


def context_settings(
    header: GgufHeader,
    llama: LlamaOptions,
    model: ModelOptions,
    context: ContextOptions | None,
    devices: Devices,
    free_bytes: int,
    speed: Speed = NOT_MEASURED,
) -> dict[str, Any]:
    """The part of the settings that `ContextOptions` names, and that of GPUs: what was asked for, else what suits model
    and machine."""
    asked = _asked(model) | (_asked(context) if context else {})
    asked_threads = asked.pop("threads", None) or llama.num_threads
    threads = {"threads": asked_threads} if asked_threads else chosen_threads(header.size_bytes)
    read = on_processor(header, asked.get("threads_batch", threads["threads"]), speed)
    chosen: dict[str, Any] = {"sequences": SEQUENCES} | threads | read | asked
    gpu = gpu_settings(llama, model, devices)
    check_together(chosen, model)
    there = sum(devices.free_bytes) if gpu["gpu"] and not devices.share_memory else free_bytes
    choice = chosen_context(header, chosen | placed(model), there)
    chosen |= {"context_size": choice.context_size, "kv_unified": choice.kv_unified}
    chosen["reasons"] |= {"context_size": choice.reason}
    if choice.context_size * (1 if choice.kv_unified else chosen["sequences"]) > LARGEST_CONTEXT:
        raise InvalidOptionsError(
            f"context_size times sequences is at most {LARGEST_CONTEXT} tokens.", path="context_size"
        )
    if pools_whole(header, model.pooling):
        chosen = larger = of_whole_texts(chosen, asked)
    else:
        larger = chosen | on_gpu(header, chosen, asked)
    room = gpu | {"moe_cache_mib": model.moe_cache_bytes >> 20}
    likely = likely_layers(header, devices, room, plan_of(larger | placed(model)))
    told = (larger if likely else chosen) | gpu | {"likely_gpu_layers": likely}
    told |= {"token_seconds": seconds_with(likely, header, told["token_seconds"])}
    told |= {"reasons": told["reasons"] | dict.fromkeys(told["reasons"].keys() & asked, "as asked for")}
    return told | {"context_checkpoints": chosen_checkpoints(header, told | placed(model))}


def _asked(options: ContextOptions) -> dict[str, Any]:
    fields = {name: getattr(options, name) for name in ContextOptions.__struct_fields__}
    return split_cache_type({name: value for name, value in fields.items() if value is not None})


def pooling_of(header: GgufHeader, batch_size: int, step: int | None, asked: Pooling | None) -> EnginePooling | None:
    """How this model makes embeddings: as asked for, else as its file says, else from the last token where that costs
    next to nothing. Raises `InvalidOptionsError`.

    An engine that can make embeddings computes each batch in one step.
    """
    if asked is not None:
        return _checked(header, asked)
    own = header.integer("pooling_type")
    if own:
        return "rank" if own == _RANK else "model"
    return "last" if embeds_for_little(header, batch_size) and (step or batch_size) >= batch_size else None


def _checked(header: GgufHeader, asked: Pooling) -> Pooling:
    """A ranking is the output of a head, without which llama.cpp takes any number for one."""
    if asked == "rank" and not any(tensor.name.startswith("cls.") for tensor in header.tensors):
        message = 'The model has no head for scores, which pooling="rank" needs: load a reranker.'
        raise InvalidOptionsError(message, path="pooling")
    return asked
