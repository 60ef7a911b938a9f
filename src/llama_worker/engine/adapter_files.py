"""Adapters on llama-server's command line."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import InvalidOptionsError
from .settings import EngineSettings


def adapter_flags(settings: EngineSettings) -> list[str]:
    """All with a scale of 0, so that what is asked without one has none. Raises `InvalidOptionsError`."""
    if not settings.loras:
        return []
    return ["--lora-init-without-apply", "--lora-scaled", ",".join(_unapplied(settings))]


def _unapplied(settings: EngineSettings) -> Iterator[str]:
    """Each as one of the comma-separated values that llama-server reads; what follows a colon is a scale to it."""
    for lora in settings.loras:
        if ":" in lora.path:
            raise InvalidOptionsError(
                f"llama-server takes no adapter from a path with a colon: move {lora.path}, or use the bundled engine.",
                path="loras",
            )
        quoted = lora.path.replace('"', '""')
        yield f'"{quoted}:0"'
