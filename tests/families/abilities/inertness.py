"""Special tokens that users, functions and documents write."""

from __future__ import annotations

from ..injection.differences import differences
from .laboratory import Laboratory


async def inert_content(lab: Laboratory) -> None:
    """Names of special tokens in messages, results and definitions of functions are read as text."""
    _, found = await differences(lab.model, 1)
    assert not found, found[0]
