"""Many items, a part at a time: large enough that the engine never waits, small enough that others soon have a turn."""

from __future__ import annotations

import time
from collections.abc import Sequence

PART_SECONDS = 0.1
"""What a part should take. Two are on their way at once, so somebody else's prompt waits for 0.2 s of them, and as much
is computed for nothing after an abort."""
_MOST_ITEMS = 512


class Parts:
    """Items of these `sizes`, in order. The first part is of `at_once` items, as many as the engine computes at once;
    the others of as much as took `PART_SECONDS` so far."""

    def __init__(self, sizes: Sequence[int], at_once: int) -> None:
        self._sizes = sizes
        self._at_once = at_once
        self._next = 0
        self._wanted = 0.0
        self._last_end = 0.0

    @property
    def count(self) -> int:
        return len(self._sizes)

    def take(self) -> range | None:
        """The next items, by their numbers; None when there are no more."""
        start = end = self._next
        size = 0
        while end < self.count and end - start < _MOST_ITEMS and (end - start < self._at_once or size < self._wanted):
            size += self._sizes[end]
            end += 1
        self._next = end
        return range(start, end) if end > start else None

    def took(self, part: range, began: float) -> None:
        """It has been computed since `began`, of which the time before the end of the part before it was that one's."""
        now = time.monotonic()
        seconds = max(now - max(began, self._last_end), 1e-6)
        self._last_end = now
        size = sum(self._sizes[index] for index in part)
        self._wanted = min(size / seconds * PART_SECONDS, 4 * size)
