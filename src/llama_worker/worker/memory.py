"""Whether a model fits, asked before anything is loaded."""

from __future__ import annotations

from ..engine.command import EngineKind, Xllamacpp
from ..engine.settings import EngineSettings
from ..models.estimate import MemoryEstimate, estimate, require_memory
from ..models.inspect import GgufHeader
from ..options import LlamaOptions, ModelOptions
from .settings import context_settings


def estimate_memory(header: GgufHeader, llama: LlamaOptions, options: ModelOptions) -> MemoryEstimate:
    """What an engine would use for the model of `header` with these options."""
    chosen = context_settings(header.size_bytes, header, llama, options, None)
    cache_type = chosen.get("cache_type", "f16")
    return estimate(
        header,
        context_size=chosen["context_size"],
        sequences=chosen["sequences"],
        batch_size=chosen["batch_size"],
        cache_type_k=cache_type,
        cache_type_v=cache_type,
        gpu_layers=0 if llama.gpu is False else options.gpu_layers,
        flash_attention=chosen.get("flash_attention", "auto"),
        use_mmap=options.use_mmap,
    )


def require_memory_for(settings: EngineSettings, header: GgufHeader, kind: EngineKind) -> None:
    """Raise `InsufficientMemoryError` when it does not fit.

    How much a foreign server will put on its GPU by itself cannot be known, so that is not refused.
    """
    if not isinstance(kind, Xllamacpp) and settings.gpu_layers != 0:
        return
    require_memory(
        header,
        context_size=settings.context_size,
        sequences=settings.sequences,
        batch_size=settings.batch_size,
        cache_type_k=settings.cache_type,
        cache_type_v=settings.cache_type,
        gpu_layers=settings.gpu_layers,
        flash_attention=settings.flash_attention,
        use_mmap=settings.use_mmap,
    )
