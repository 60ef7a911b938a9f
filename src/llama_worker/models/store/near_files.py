"""Which model file somebody meant who wrote a path that leads to none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ...errors.nearest import nearest
from .choose import is_gguf

# A folder of downloads may hold anything; a hint is not worth reading all of it.
_ENTRIES, _MODELS = 10_000, 500
_ENDING = re.compile(r"\.(gguf|ggml|bin|safetensors)$", re.IGNORECASE)


def near_model(path: Path) -> str | None:
    """`builtin`, or the model file beside `path` whose name is spelled almost so; None when there is none."""
    if path.name == str(path) and nearest(path.name, ["builtin"]):
        return "builtin"
    names = {_ENDING.sub("", name): name for name in islice(_models_in(path.parent), _MODELS)}
    near = nearest(_ENDING.sub("", path.name), names)
    return str(path.with_name(names[near])) if near else None


def _models_in(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, _ENTRIES):
                if is_gguf(entry.name) and entry.is_file():
                    yield entry.name
    except OSError:
        return
