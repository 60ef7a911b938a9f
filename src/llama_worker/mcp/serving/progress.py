"""News for a client that asked for progress: a few a second, however fast they come."""

from __future__ import annotations

import time
from typing import Any

_SECONDS = 0.2
_LONGEST = 120


class Progress:
    """`context` is that of one request of the package `mcp`."""

    def __init__(self, context: Any) -> None:
        self._session = context.session
        self._count = 0
        self._next = 0.0

    async def tell(self, message: str) -> None:
        """Whoever did not ask for progress is told nothing."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _SECONDS
        self._count += 1
        await self._session.report_progress(self._count, None, message[-_LONGEST:])
