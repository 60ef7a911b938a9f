"""Reading whole models in a thread, with progress, until somebody gives up waiting for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ...messages.events import Progress

Result = TypeVar("Result")
Report = Callable[[Progress], object]
_SECONDS_BETWEEN_REPORTS = 0.1


class Stopped(Exception):
    """Raised in the thread when nobody waits for its result any more."""


class Tally:
    """Bytes that are done, of those that there are to do. Called in the thread that does them."""

    def __init__(self, report: Callable[[Progress], object]) -> None:
        self._report = report
        self._stopped = threading.Event()
        self._total = self._done = 0
        self._stage = ""
        self._told = 0.0

    def expect(self, size_bytes: int) -> None:
        """That many are to come."""
        self._total += size_bytes

    def begin(self, stage: str) -> None:
        """What is at hand now."""
        self._stage = stage

    def add(self, size_bytes: int) -> None:
        """Raises `Stopped`."""
        if self._stopped.is_set():
            raise Stopped
        self._done += size_bytes
        if time.monotonic() - self._told >= _SECONDS_BETWEEN_REPORTS:
            self._told = time.monotonic()
            self._report(Progress(min(self._done / max(self._total, 1), 1.0), self._stage))

    def stop(self) -> None:
        """From any thread: `add` raises from now on."""
        self._stopped.set()


async def in_background(work: Callable[[Tally], Result], report: Report) -> Result:
    """The result of `work` in a thread; `report` is called here. Being cancelled ends the thread first."""
    loop = asyncio.get_running_loop()
    tally = Tally(lambda progress: loop.call_soon_threadsafe(report, progress))
    task = asyncio.create_task(asyncio.to_thread(work, tally))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        tally.stop()
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait([task])
        raise
