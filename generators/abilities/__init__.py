"""docs/abilities.md: each ability and how it is reached through every door, looked up in the code."""

from __future__ import annotations

from .page import files

__all__ = ["files"]
