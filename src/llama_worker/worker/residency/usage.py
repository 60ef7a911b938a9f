"""Whether a model is in use, and since when it is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Usage:
    """One for each loaded model. A paused answer is a use, as it goes on.

    A use is an operation or a request. What is only a part of one holds the engine and is not counted: an operation
    that borrows it is still one use.
    """

    def __init__(self) -> None:
        self._users = 0
        self._holders = 0
        self.last_used = time.monotonic()
        self.on_change: Callable[[], object] = lambda: None
        """Called when the first holder comes and when the last one has left."""

    @property
    def users(self) -> int:
        """Operations and requests that use it now."""
        return self._users

    @property
    def held(self) -> bool:
        """Whether its engine must not be ended for want of use."""
        return bool(self._holders)

    def begin(self) -> None:
        self._users += 1
        self.hold()

    def end(self) -> None:
        self._users -= 1
        self.release()

    def hold(self) -> None:
        self._holders += 1
        if self._holders == 1:
            self.on_change()

    def release(self) -> None:
        self._holders -= 1
        self.last_used = time.monotonic()
        if not self._holders:
            self.on_change()

    @contextmanager
    def using(self) -> Iterator[None]:
        """One more user inside the block."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Nothing ends the model's engine for want of use inside the block."""
        self.hold()
        try:
            yield
        finally:
            self.release()
