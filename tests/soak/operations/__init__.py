"""Everything that can be asked of a worker, each a coroutine of a world and its chance; registered with its weight."""

from __future__ import annotations

from . import downloads, generating, models, sessions, vectors
from .registry import OPERATIONS, Asked

__all__ = ["OPERATIONS", "Asked", "downloads", "generating", "models", "sessions", "vectors"]
