"""Requests for models that do not fit beside those that are in use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..errors import InsufficientMemoryError, QueueFullError
from ..worker.residency.changes import Changes

Result = TypeVar("Result")


class WaitingLine:
    """They wait one after the other, in the order in which they came; the first tries again at each of the `changes`.

    At most `longest` wait. Who needs a model that may have to leave for them waits behind them, as a model that always
    has one request more would never be idle.
    """

    def __init__(self, changes: Changes, longest: int) -> None:
        self._changes = changes
        self._longest = longest
        self._first = asyncio.Lock()
        self._waiting = 0

    @property
    def empty(self) -> bool:
        return not self._first.locked()

    async def get(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """What `attempt` gives as soon as there is room. Raises `QueueFullError`, and what else it raises."""
        if self.empty:
            try:
                return await attempt()
            except InsufficientMemoryError as error:
                if not error.busy:
                    raise
        if self._waiting >= self._longest:
            raise QueueFullError(f"{self._waiting} requests wait for memory already: try again later.")
        self._waiting += 1
        try:
            async with self._first:
                return await self._patiently(attempt)
        finally:
            self._waiting -= 1

    async def _patiently(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        while True:
            seen = self._changes.count
            try:
                return await attempt()
            except InsufficientMemoryError as error:
                if not error.busy:
                    raise
            await self._changes.wait(seen)
