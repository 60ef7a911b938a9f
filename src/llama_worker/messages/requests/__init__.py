"""What goes into a worker: for each file here one of the same name in `ports/server/handlers` that answers it."""

from __future__ import annotations

from ..ends import ENDS
from . import (
    control,
    converting,
    embeddings,
    files,
    finding,
    functions,
    generation,
    models,
    quantizing,
    sessions,
    setup,
    speech,
    stored,
    tokens,
)

_FILES = (
    setup,
    models,
    finding,
    stored,
    files,
    converting,
    quantizing,
    generation,
    functions,
    control,
    sessions,
    tokens,
    embeddings,
    speech,
)
REQUESTS = tuple(kind for file in _FILES for kind in ENDS if kind.__module__ == file.__name__)
"""Every request, in the order of the documentation."""
