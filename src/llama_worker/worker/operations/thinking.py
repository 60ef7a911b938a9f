"""Thinking that somebody has seen enough of."""

from __future__ import annotations


class Thinking:
    """Whether the answer is wanted now. The work itself looks, and forgets the wish once it is granted or pointless."""

    def __init__(self) -> None:
        self._enough = False

    @property
    def enough(self) -> bool:
        return self._enough

    def end(self) -> None:
        """Want the answer."""
        self._enough = True

    def forget(self) -> None:
        self._enough = False
