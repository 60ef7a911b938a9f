"""Which models a test may load."""

from __future__ import annotations

from typing import Literal

Allowed = Literal["fake", "builtin", "any"]
"""Fake ones only, also the one that comes with the package, or any."""
