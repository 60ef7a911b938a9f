"""Where the models lie: made when first asked for, and kept in the user's cache (`XDG_CACHE_HOME`)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.models.shapes import SHAPES
from benchmarks.models.writing import write_model

# A file of another edition is not used any more; counted up when the same shape would give another file.
_EDITION = 1


def folder() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "llama-worker-benchmarks"


def model_file(name: str) -> Path:
    """The model of that name in SHAPES; takes a second or two when it is not there yet."""
    shape = SHAPES[name]
    path = folder() / f"{shape.name}-{shape.kind}-{_EDITION}.gguf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
            write_model(shape, Path(unfinished) / path.name).rename(path)
    return path
