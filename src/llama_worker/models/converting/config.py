"""What config.json says of a model, under whichever name it says it."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidModelError
from ..gguf.header import MAX_BLOCKS

_MOST = {
    **dict.fromkeys(("n_layers", "num_hidden_layers", "n_layer", "num_layers"), MAX_BLOCKS),
    **dict.fromkeys(("num_experts", "num_local_experts", "n_routed_experts"), 4096),
    **dict.fromkeys(("vocab_size", "vocab_size_per_layer_input"), 10_000_000),
    **dict.fromkeys(("head_dim", "hidden_size"), 1 << 20),
}
"""Counts that are gone through one by one."""


class Config(dict[str, Any]):
    """config.json of the repository `model`, as a family completed it. What is null there is not in it."""

    def __init__(self, values: dict[str, Any], model: str) -> None:
        super().__init__({key: value for key, value in values.items() if value is not None})
        self.model = model
        for key, most in _MOST.items():
            value = self.get(key)
            if isinstance(value, (int, float)) and value > most:
                raise InvalidModelError(f"config.json of {model} says {value} of {key}; {most} are the most.")

    def find(self, *keys: str) -> Any:
        """The value of the first of these keys that is there. Raises `InvalidModelError` when none is."""
        if (found := self.maybe(*keys)) is None:
            raise InvalidModelError(f"config.json of {self.model} does not say {keys[-1]}.")
        return found

    def maybe(self, *keys: str) -> Any:
        """The same, or None."""
        return next((self[key] for key in keys if key in self), None)


def text_config(config: dict[str, Any]) -> dict[str, Any]:
    """The text model's part of config.json over what stands around it."""
    inner = config.get("text_config")
    return {**config, **inner} if isinstance(inner, dict) else dict(config)
