"""What a model is called, whose it is, under which licence, and how its makers sample: of its card and its files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import InvalidModelError
from .checkpoint.repository import RepositoryFiles

if TYPE_CHECKING:
    import gguf

_SAMPLING = {
    "top_k": "sampling_top_k",
    "top_p": "sampling_top_p",
    "min_p": "sampling_min_p",
    "xtc_probability": "sampling_xtc_probability",
    "xtc_threshold": "sampling_xtc_threshold",
    "temperature": "sampling_temp",
    "penalty_last_n": "sampling_penalty_last_n",
    "repetition_penalty": "sampling_penalty_repeat",
    "penalty_repeat": "sampling_penalty_repeat",
    "mirostat": "sampling_mirostat",
    "mirostat_tau": "sampling_mirostat_tau",
    "mirostat_eta": "sampling_mirostat_eta",
}
"""generation_config.json's names, and gguf's."""


def write_identity(repository: RepositoryFiles, keys: gguf.GGUFWriter, kind: str = "model") -> None:
    """The keys `general.*` of a "model" or an "adapter", and the sampling that its makers recommend, as llama.cpp has
    them.

    `keys` knows the tensors already: their numbers are part of names. Raises `InvalidModelError` for a card that does
    not read.
    """
    import gguf

    total, shared, expert, experts = keys.get_total_parameter_count()
    found = _described(repository, total)
    found.name = found.name or repository.name
    if found.size_label is None and total > 0:
        found.size_label = gguf.size_label(total, shared, expert, experts)
    for key, value in (repository.json("generation_config.json") or {}).items():
        if key in _SAMPLING and isinstance(value, (int, float)):
            setattr(found, _SAMPLING[key], value)
    keys.add_type(kind)
    found.set_gguf_meta_model(keys)


def _described(repository: RepositoryFiles, elements: int) -> gguf.Metadata:
    import gguf
    import yaml  # gguf reads cards with it

    logging.getLogger("metadata").setLevel(logging.CRITICAL)
    try:
        card = gguf.Metadata.load_model_card(repository.folder)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidModelError(f"README.md of {repository.name} has no sound card at its top: {error}.") from None
    named = Path(repository.name)
    return gguf.Metadata.apply_metadata_heuristic(gguf.Metadata(), card, repository.config, named, elements)
