"""While an engine that nobody uses is being ended, whoever comes waits, and gets the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Standstill:
    """One for each engine."""

    def __init__(self) -> None:
        self._over: asyncio.Future[None] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Whoever comes inside the block waits until its end."""
        self._over = over = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self._over = None
            over.set_result(None)

    async def ended(self) -> None:
        """Wait while there is one."""
        while self._over is not None:
            await asyncio.shield(self._over)
