"""What a request asks of what is loaded beside a model, and whether that can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.api.adapters import scales_of, with_adapters
from ...engine.settings import EngineSettings
from ...errors import InvalidOptionsError
from ...options import PromptOptions

_PROBABILITIES = ("logprobs", "top_logprobs", "n_probs")


def check_prompt(settings: EngineSettings, options: PromptOptions) -> None:
    """Raises `InvalidOptionsError` for an adapter that was not loaded, and for probabilities of drafted tokens."""
    scales_of(settings.lora_files, options.lora)
    if options.logprobs:
        _refuse_probabilities(settings, "logprobs")


def check_body(settings: EngineSettings, path: str, body: Mapping[str, Any]) -> None:
    """The same for a request in a dialect that the engine speaks."""
    with_adapters(settings.lora_files, path, body)
    if asked := next((name for name in _PROBABILITIES if body.get(name)), None):
        _refuse_probabilities(settings, asked)


def _refuse_probabilities(settings: EngineSettings, name: str) -> None:
    """llama-server tells none for tokens that were drafted, but says that they were certain."""
    if settings.speculation is not None:
        message = "Drafted tokens have no probabilities: load the model without speculative and draft_model for them."
        raise InvalidOptionsError(message, path=name)
