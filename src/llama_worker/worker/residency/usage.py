"""Whether a model is in use, and since when it is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Usage:
    """One for each loaded model. A paused answer is a use, as it goes on."""

    def __init__(self) -> None:
        self._users = 0
        self.last_used = time.monotonic()
        self.on_change: Callable[[], object] = lambda: None
        """Called when the first user comes and when the last one has left."""

    @property
    def users(self) -> int:
        """Operations and requests that use it now."""
        return self._users

    def begin(self) -> None:
        self._users += 1
        if self._users == 1:
            self.on_change()

    def end(self) -> None:
        self._users -= 1
        self.last_used = time.monotonic()
        if not self._users:
            self.on_change()

    @contextmanager
    def using(self) -> Iterator[None]:
        """Nothing ends the model's engine for want of use inside the block."""
        self.begin()
        try:
            yield
        finally:
            self.end()
