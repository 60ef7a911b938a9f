"""The stores that commands look into: those of the user's configuration, of the environment, and the user's own."""

from __future__ import annotations

from ...config.paths import user_file
from ...config.reading import load_config
from ...models.store.store import ModelStore


def model_store() -> ModelStore:
    """With the `model_stores` that the user's configuration names. Raises `ConfigurationError`."""
    file = user_file()
    options = load_config(file).worker if file.is_file() else None
    return ModelStore(folders=options.model_stores if options else ())
