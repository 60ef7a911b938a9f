"""How large a state will be."""

from __future__ import annotations

from ...engine.settings import EngineSettings
from ...models.gguf.header import GgufHeader
from ...models.memory.layers import layers_of
from ...models.memory.terms import Plan, kv_cache_bytes


def bytes_per_token(header: GgufHeader, settings: EngineSettings) -> float:
    """What the engine keeps for each token of a full context."""
    plan = Plan(
        context_size=settings.context_size,
        batch_size=settings.step_tokens,
        cache_type_k=settings.cache_type_k,
        cache_type_v=settings.cache_type_v,
        swa_full=settings.swa_full,
    )
    return kv_cache_bytes(layers_of(header), plan) / settings.context_size
