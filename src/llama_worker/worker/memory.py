"""Whether a model fits, asked before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ..engine.command import EngineKind, Xllamacpp
from ..engine.settings import EngineSettings
from ..models.estimate import MemoryEstimate, estimate, require_memory
from ..models.inspect import GgufHeader
from ..options import LlamaOptions, ModelOptions
from .settings import context_settings, layers_on_gpu


def estimate_memory(header: GgufHeader, llama: LlamaOptions, options: ModelOptions) -> MemoryEstimate:
    """What an engine would use for the model of `header` with these options."""
    chosen = context_settings(header.size_bytes, header, llama, options, None)
    chosen |= {"gpu_layers": layers_on_gpu(llama, options), "use_mmap": options.use_mmap}
    return estimate(header, **_plan(chosen))


def require_memory_for(settings: EngineSettings, header: GgufHeader, kind: EngineKind) -> None:
    """Raise `InsufficientMemoryError` when it does not fit.

    How much a foreign server will put on its GPU by itself cannot be known, so that is not refused.
    """
    if isinstance(kind, Xllamacpp) or settings.gpu_layers == 0:
        require_memory(header, **_plan(msgspec.structs.asdict(settings)))


def _plan(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Of an engine's settings those that its memory depends on, as `estimate` calls them."""
    cache_type = settings.get("cache_type", "f16")
    return {
        "context_size": settings["context_size"],
        "sequences": settings["sequences"],
        "batch_size": settings["batch_size"],
        "cache_type_k": cache_type,
        "cache_type_v": cache_type,
        "gpu_layers": settings["gpu_layers"],
        "flash_attention": settings.get("flash_attention", "auto"),
        "use_mmap": settings["use_mmap"],
    }
