"""Whether a model fits, asked before anything is loaded."""

from __future__ import annotations

from typing import Any

from ..engine.command import EngineKind, Xllamacpp
from ..engine.settings import EngineSettings
from ..models.estimate import MemoryEstimate, estimate, require_memory
from ..models.inspect import GgufHeader


def estimate_memory(settings: EngineSettings, header: GgufHeader) -> MemoryEstimate:
    """What an engine with these settings will use."""
    return estimate(header, **_plan(settings))


def require_memory_for(settings: EngineSettings, header: GgufHeader, kind: EngineKind) -> None:
    """Raise `InsufficientMemoryError` when it does not fit.

    How much a foreign server will put on its GPU by itself cannot be known, so that is not refused.
    """
    if isinstance(kind, Xllamacpp) or settings.gpu_layers == 0:
        require_memory(header, **_plan(settings))


def _plan(settings: EngineSettings) -> dict[str, Any]:
    return {
        "context_size": settings.context_size,
        "sequences": settings.sequences,
        "batch_size": settings.batch_size,
        "cache_type_k": settings.cache_type,
        "cache_type_v": settings.cache_type,
        "gpu_layers": settings.gpu_layers,
        "flash_attention": settings.flash_attention,
        "use_mmap": settings.use_mmap,
    }
