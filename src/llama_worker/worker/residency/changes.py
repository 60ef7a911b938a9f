"""Waiting until something has changed."""

from __future__ import annotations

import asyncio


class Changes:
    """Who waits goes on at the next change, and looks again; `count` changes by now."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def waiting(self) -> int:
        """Who waits for one."""
        return len(self._waiting)

    def tell(self) -> None:
        self.count += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    async def wait(self, since: int) -> None:
        """Until there have been more than `since`, the count before the look that was in vain."""
        while self.count == since:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            try:
                await waiting
            finally:
                self._waiting.discard(waiting)
