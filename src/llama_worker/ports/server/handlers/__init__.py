"""Who answers which request, by what it is about: importing this package fills the table of handlers."""

from ..registry import HANDLERS
from . import control, embeddings, files, functions, generation, models, sessions, setup, speech, stored, tokens

__all__ = [
    "HANDLERS",
    "control",
    "embeddings",
    "files",
    "functions",
    "generation",
    "models",
    "sessions",
    "setup",
    "speech",
    "stored",
    "tokens",
]
