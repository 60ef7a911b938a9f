"""What is loaded beside the model, and drafted for it, for both kinds of engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import InvalidOptionsError
from ..companions import Speculation
from ..defaults import LOOKED_UP_TOKENS
from ..settings import EngineSettings


def companion_flags(settings: EngineSettings) -> list[str]:
    """Adapters with a scale of 0, so that what is asked without one has none. Raises `InvalidOptionsError`."""
    drafts = _draft_flags(settings.speculation, settings) if settings.speculation else []
    if not settings.lora_files:
        return drafts
    return [*drafts, "--lora-init-without-apply", "--lora-scaled", ",".join(_unapplied(settings))]


def _unapplied(settings: EngineSettings) -> Iterator[str]:
    """Each as one of the comma-separated values that llama-server reads; what follows a colon is a scale to it."""
    for lora in settings.lora_files:
        if ":" in lora.path:
            raise InvalidOptionsError(
                f"llama-server takes no adapter from a path with a colon: move {lora.path}, or use the bundled engine.",
                path="loras",
            )
        quoted = lora.path.replace('"', '""')
        yield f'"{quoted}:0"'


def _draft_flags(speculation: Speculation, settings: EngineSettings) -> list[str]:
    pairs: dict[str, object] = {"--spec-type": ",".join(_types(speculation, ("ngram-simple", "draft-simple")))}
    if speculation.repeated:
        looked_up = min(LOOKED_UP_TOKENS, speculation.repeated)
        pairs |= {"--spec-ngram-simple-size-n": looked_up, "--spec-ngram-simple-size-m": speculation.repeated}
    if speculation.model:
        pairs |= {"--spec-draft-model": speculation.model.path, "--spec-draft-n-max": speculation.written}
        pairs |= {} if settings.gpu else {"--spec-draft-ngl": 0}
    return [text for name, value in pairs.items() for text in (name, str(value))]


def _types(speculation: Speculation, words: tuple[str, str]) -> list[str]:
    """Who drafts; the engine asks them in this order."""
    return [word for word, tokens in zip(words, (speculation.repeated, speculation.written), strict=True) if tokens]


def configure_companions(params: Any, settings: EngineSettings, binding: Any) -> None:
    """The same as parameters of the bundled engine."""
    params.lora_init_without_apply = True
    params.lora_adapters = [binding.CommonAdapterLoraInfo(lora.path, 0.0) for lora in settings.lora_files]
    if settings.speculation:
        _configure_drafts(params.speculative, settings.speculation, settings, binding)


def _configure_drafts(params: Any, speculation: Speculation, settings: EngineSettings, binding: Any) -> None:
    types = _types(speculation, ("NGRAM_SIMPLE", "DRAFT_SIMPLE"))
    params.types = [binding.common_speculative_type[f"COMMON_SPECULATIVE_TYPE_{name}"] for name in types]
    if speculation.repeated:
        params.ngram_simple.size_n = min(LOOKED_UP_TOKENS, speculation.repeated)
        params.ngram_simple.size_m = speculation.repeated
    if speculation.model:
        params.draft.mparams.path = speculation.model.path
        params.draft.n_max = speculation.written
        params.draft.n_gpu_layers = -1 if settings.gpu else 0
