"""What `llm` is told when it starts: the models on this machine, and short names for them."""

from __future__ import annotations

from typing import Any

import llm

from ...config.aliases import read_aliases
from ...errors import ConfigurationError
from ...models.store.store import ModelStore
from .embeddings import LlamaWorkerEmbeddings
from .models import AsyncLlamaWorkerModel, LlamaWorkerModel

PREFIX = "llama-worker/"


@llm.hookimpl
def register_models(register: Any) -> None:
    """Each by the name that `llama-worker list` shows, after "llama-worker/", and each short name."""
    for name, model in named_models().items():
        register(LlamaWorkerModel(PREFIX + name, model), AsyncLlamaWorkerModel(PREFIX + name, model))


@llm.hookimpl
def register_embedding_models(register: Any) -> None:
    """The same ones: `llama-worker` says of a model that makes no vectors that it makes none."""
    for name, model in named_models().items():
        register(LlamaWorkerEmbeddings(PREFIX + name, model))


def named_models() -> dict[str, str]:
    """Models that are here, by the names that they have. A folder or file that cannot be read has none."""
    try:
        names = {entry.name: entry.name for entry in ModelStore().list() if entry.state == "complete"}
    except OSError:
        names = {"builtin": "builtin"}
    try:
        return names | read_aliases()
    except (ConfigurationError, OSError):
        return names
