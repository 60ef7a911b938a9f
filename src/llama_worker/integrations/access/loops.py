"""Where a worker lives, asked from threads and from coroutines of other event loops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from ...errors import WorkerClosedError
from ...worker.home import running_loop

T = TypeVar("T")


class Place(Protocol):
    """An event loop with a worker: one in a thread of its own (`sync.loop.LoopThread`), or the caller's."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, waited for. Whatever ends the waiting cancels it."""

    async def reach(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, from a coroutine of any event loop. Being cancelled cancels it."""


class OwnLoop:
    """The event loop in which somebody uses a worker of their own: the one that runs now, else the first that asks."""

    def __init__(self) -> None:
        self._loop = running_loop()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Only from another thread. Raises `WorkerClosedError` where waiting would never end."""
        loop = self._loop
        if loop is None or not loop.is_running() or loop is running_loop():
            work.close()
            raise WorkerClosedError(
                "This worker answers coroutines only: await what is asked, or give one of llama_worker.sync."
            )
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    async def reach(self, work: Coroutine[Any, Any, T]) -> T:
        loop = asyncio.get_running_loop()
        if self._loop is None or not self._loop.is_running():
            self._loop = loop
        if self._loop is loop:
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))
