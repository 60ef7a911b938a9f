"""Pausing: work that can be cut at any time and gone on with later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class PauseGate:
    """Closed while somebody wants the work to rest. The work itself runs what may be cut through `run`."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._cut: Callable[[], object] = lambda: None

    @property
    def closed(self) -> bool:
        return not self._open.is_set()

    def close(self) -> None:
        """Cut what runs, and let nothing start until `open`."""
        self._open.clear()
        self._cut()

    def open(self) -> None:
        self._open.set()

    async def wait_open(self) -> None:
        await self._open.wait()

    async def run(self, work: Coroutine[Any, Any, None]) -> bool:
        """Run `work` to its end, and tell whether it got there: False when `close` cut it.

        Cancelling this cancels `work` too, and waits until it has cleaned up.
        """
        task = asyncio.create_task(work)
        self._cut = task.cancel
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        finally:
            self._cut = lambda: None
        if task.cancelled():
            return False
        task.result()
        return True
