"""What an engine computes now: that decides how threads are best used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

# Below this many answers at once a step is short.
_SEVERAL = 3


class Phase(Enum):
    """`READING` a prompt (or embedding texts), the next token of `ONE` answer (or two), or those of `SEVERAL`."""

    READING = "reading"
    SEVERAL = "several"
    ONE = "one"


class Phases:
    """Counts the requests that an engine works on, by what it does for each."""

    def __init__(self) -> None:
        self._reading = self._answering = self._steady = 0

    @property
    def working(self) -> bool:
        return self._reading + self._answering > 0

    @property
    def is_steady(self) -> bool:
        """Whether the number of threads must not change: the same text was promised."""
        return self._steady > 0

    @property
    def now(self) -> Phase:
        if self._reading:
            return Phase.READING
        return Phase.SEVERAL if self._answering >= _SEVERAL else Phase.ONE

    def begin(self) -> None:
        self._reading += 1

    def answer(self) -> None:
        """One that was read is answered now."""
        self._reading -= 1
        self._answering += 1

    def end(self, *, answering: bool) -> None:
        self._answering -= answering
        self._reading -= not answering

    @contextmanager
    def steady(self) -> Iterator[None]:
        self._steady += 1
        try:
            yield
        finally:
            self._steady -= 1
