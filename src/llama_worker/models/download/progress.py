"""How far a download is, for people and programs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from ...messages.events import Downloading

_INTERVAL_SECONDS = 0.1
_WINDOW_SECONDS = 5.0
_NOT_YET_VERIFIED = 0.999


Report = Callable[[Downloading], None]


class Meter:
    """Counts bytes and reports at most ten times a second."""

    def __init__(self, report: Report | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._report = report
        self._clock = clock
        self._file = ""
        self._digest: str | None = None
        self._total: int | None = None
        self._single = True
        self._finished_bytes = 0
        self._file_bytes = 0
        self._value = 0.0
        self._reported_at = float("-inf")
        self._received: deque[tuple[float, int]] = deque([(clock(), 0)])
        self._received_bytes = 0

    def expect(self, sizes: Sequence[int | None]) -> None:
        """The bytes of every file, None for those that nobody knows yet."""
        known = [size for size in sizes if size is not None]
        self._total = sum(known) if len(known) == len(sizes) else None
        self._single = len(sizes) == 1

    def learn_size(self, file_bytes: int) -> None:
        """The server has told the size of this file."""
        if self._single and self._total is None:
            self._total = file_bytes

    def begin_file(self, name: str, digest: str | None = None) -> None:
        """The next file begins; `digest` is what its bytes must have, as far as that is known."""
        self._finished_bytes += self._file_bytes
        self._file, self._digest, self._file_bytes = name, digest, 0

    def set_present(self, file_bytes: int) -> None:
        """So many bytes of this file are here, whoever fetched them."""
        self._file_bytes = file_bytes
        self._tell()

    def add_received(self, count: int) -> None:
        """So many bytes of this file have just arrived."""
        self._file_bytes += count
        self._received_bytes += count
        self._tell()

    def finish(self) -> None:
        """Everything is verified and in place."""
        self._value = 1.0
        downloaded = self._finished_bytes + self._file_bytes
        self._send(self._report_of(1.0, downloaded, downloaded, 0.0))

    def _tell(self) -> None:
        now = self._clock()
        if now - self._reported_at < _INTERVAL_SECONDS:
            return
        self._reported_at = now
        self._received.append((now, self._received_bytes))
        while now - self._received[0][0] > _WINDOW_SECONDS and len(self._received) > 2:
            self._received.popleft()
        self._send(self._current())

    def _current(self) -> Downloading:
        downloaded, speed = self._finished_bytes + self._file_bytes, self._speed()
        left = None
        if self._total:
            self._value = max(self._value, min(downloaded / self._total, _NOT_YET_VERIFIED))
            left = max(self._total - downloaded, 0) / speed if speed else None
        return self._report_of(self._value, downloaded, self._total, left)

    def _report_of(self, value: float, downloaded: int, total: int | None, seconds_left: float | None) -> Downloading:
        return Downloading(
            value=value,
            stage=self._file,
            downloaded_bytes=downloaded,
            total_bytes=total,
            bytes_per_second=self._speed(),
            seconds_left=seconds_left,
            digest=self._digest,
        )

    def _speed(self) -> float:
        (start, before), (end, after) = self._received[0], self._received[-1]
        return (after - before) / (end - start) if end > start else 0.0

    def _send(self, progress: Downloading) -> None:
        if self._report is not None:
            self._report(progress)
