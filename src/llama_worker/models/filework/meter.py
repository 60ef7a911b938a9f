"""How far a task is, told at most ten times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...messages.events import Processing
from .task import Report

_INTERVAL_SECONDS = 0.1
_NOT_YET_IN_PLACE = 0.999


class Meter:
    """Counts what is done of `total_bytes`, in `parts` (tensors, say). What was done by an earlier run (`resumed`)
    counts as done, but says nothing of the speed."""

    def __init__(
        self,
        report: Report,
        *,
        total_bytes: int,
        parts: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._report = report
        self._clock = clock
        self._total, self._parts = total_bytes, parts
        self._stage = ""
        self._done_bytes = self._done_parts = self._written = self._resumed = 0
        self._began = clock()
        self._reported_at = float("-inf")

    def begin(self, stage: str) -> None:
        """The next part begins; `stage` names it."""
        self._stage = stage
        self._tell()

    def add(self, done_bytes: int, written_bytes: int = 0, *, resumed: bool = False) -> None:
        """So many bytes more are done, and so many written."""
        self._done_bytes += done_bytes
        self._written += written_bytes
        if resumed:
            self._resumed += done_bytes
        self._tell()

    def end_part(self) -> None:
        self._done_parts += 1
        self._tell()

    def _tell(self) -> None:
        now = self._clock()
        if now - self._reported_at >= _INTERVAL_SECONDS or self._done_bytes == self._total:
            self._reported_at = now
            self._report(self._current(now))

    def _current(self, now: float) -> Processing:
        elapsed, fresh = now - self._began, self._done_bytes - self._resumed
        speed = fresh / elapsed if elapsed > 0 else 0.0
        left = (self._total - self._done_bytes) / speed if speed else None
        return Processing(
            value=_NOT_YET_IN_PLACE * self._done_bytes / max(self._total, 1),
            stage=self._stage,
            done_bytes=self._done_bytes,
            total_bytes=self._total,
            written_bytes=self._written,
            done_parts=self._done_parts,
            parts=self._parts,
            bytes_per_second=speed,
            seconds_left=left,
        )
