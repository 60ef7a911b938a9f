"""What is loaded beside the model, for both kinds of engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import InvalidOptionsError
from ..settings import EngineSettings


def companion_flags(settings: EngineSettings) -> list[str]:
    """Adapters with a scale of 0, so that what is asked without one has none. Raises `InvalidOptionsError`."""
    if not settings.lora_files:
        return []
    return ["--lora-init-without-apply", "--lora-scaled", ",".join(_unapplied(settings))]


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


def configure_companions(params: Any, settings: EngineSettings, binding: Any) -> None:
    """The same as parameters of the bundled engine."""
    params.lora_init_without_apply = True
    params.lora_adapters = [binding.CommonAdapterLoraInfo(lora.path, 0.0) for lora in settings.lora_files]
