"""Who answers which request, by what it is about: importing this package fills the table of handlers."""

from ..registry import HANDLERS
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

__all__ = [
    "HANDLERS",
    "control",
    "converting",
    "embeddings",
    "files",
    "finding",
    "functions",
    "generation",
    "models",
    "quantizing",
    "sessions",
    "setup",
    "speech",
    "stored",
    "tokens",
]
