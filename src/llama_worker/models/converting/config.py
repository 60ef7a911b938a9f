"""What config.json says of a model, under whichever name it says it."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidModelError


class Config(dict[str, Any]):
    """config.json of the repository `model`, as a family completed it. What is null there is not in it."""

    def __init__(self, values: dict[str, Any], model: str) -> None:
        super().__init__({key: value for key, value in values.items() if value is not None})
        self.model = model

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
