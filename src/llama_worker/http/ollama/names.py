"""Ollama's names of models and ours: `builtin:latest` is builtin, `hf.co/org/repo:Q4_K_M` is hf:org/repo:Q4_K_M."""

from __future__ import annotations

import re

from ...errors import InvalidOptionsError
from ...models.names import HubName, parse_model_name
from ..pool import ModelPool

_LATEST = ":latest"
_HUB = re.compile(r"(hf\.co|huggingface\.co)/|(hf|huggingface):(//)?", re.IGNORECASE)


def ollama_name(name: str) -> str:
    """What Ollama's clients call the model that is called `name` here: they tell a model from its tag by the colon."""
    if name.startswith("hf:"):
        name = f"hf.co/{name.removeprefix('hf:')}"
    return name if ":" in name else name + _LATEST


def own_name(name: str, pool: ModelPool) -> str:
    """What a model is called here that a client calls `name`; a name that is known as it stands goes first."""
    bare = name.removesuffix(_LATEST)
    for known in (name, bare):
        if known in pool.names or pool.find(known):
            return known
    return hub_name(name) or bare


def hub_name(name: str) -> str | None:
    """The name of a repository's model in our form; None of a name that is of no repository."""
    if not _HUB.match(name):
        return None
    try:
        parsed = parse_model_name(name.removesuffix(_LATEST))
    except InvalidOptionsError:
        return None
    return str(parsed) if isinstance(parsed, HubName) else None
