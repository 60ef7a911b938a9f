"""What a session's model sees of its history: all of it, until that no longer fits."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from ..conversation import Message


class ContextWindow:
    """The first `covered` messages of a history are seen as `instead`; the rest as it is."""

    def __init__(self, instead: Sequence[Message] = (), covered: int = 0) -> None:
        self._instead = list(instead)
        self._covered = covered

    @property
    def covered(self) -> int:
        return self._covered

    @property
    def instead(self) -> list[Message]:
        """A copy of what is seen in place of the covered messages."""
        return copy.deepcopy(self._instead)

    @property
    def dropped(self) -> int:
        """How many messages are not seen."""
        return max(self._covered - len(self._instead), 0)

    def view(self, history: Sequence[Message]) -> list[Message]:
        return [*self._instead, *history[self._covered :]]
