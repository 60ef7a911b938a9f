"""The stores that commands look into: those of the user's configuration, of the environment, and the user's own."""

from __future__ import annotations

from ...config.paths import user_file
from ...config.reading import load_config
from ...models.store.store import ModelStore
from ...options import LlamaOptions


def worker_options() -> LlamaOptions:
    """What the user's configuration says of workers. Raises `ConfigurationError`."""
    file = user_file()
    return (load_config(file).worker if file.is_file() else None) or LlamaOptions()


def model_store() -> ModelStore:
    """With the `model_stores` that the user's configuration names. Raises `ConfigurationError`."""
    return ModelStore(folders=worker_options().model_stores)
