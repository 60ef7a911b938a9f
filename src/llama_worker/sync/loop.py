"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from ..errors import WorkerClosedError

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for other threads. The thread ends with `stop`, or with the program."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="llama_worker", daemon=True)
        self._thread.start()

    @property
    def here(self) -> bool:
        """Whether the thread is one of this process: a forked child has the object, but not the thread."""
        return self._process == os.getpid()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`. Whatever ends the waiting, Ctrl-C too, cancels it."""
        future = self._begin(work)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    async def reach(self, work: Coroutine[Any, Any, T]) -> T:
        """As `run`, for a coroutine of another event loop, which goes on meanwhile: being cancelled cancels `work`."""
        return await asyncio.wrap_future(self._begin(work))

    def _begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        if not self.here:
            work.close()
            raise WorkerClosedError("The worker belongs to the process that this one was forked from: make a new one.")
        if self._loop.is_closed():
            work.close()
            raise WorkerClosedError("The worker was cleaned up: make a new one.")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Callable[..., T], /, *arguments: Any, **options: Any) -> T:
        """The result of a plain function that belongs into the loop's thread."""

        async def in_the_loop() -> T:
            return function(*arguments, **options)

        return self.run(in_the_loop())

    def stop(self) -> None:
        """End the loop and its thread; twice is harmless."""
        if not self._loop.is_closed():
            self.run(_finish_tasks())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


async def _finish_tasks() -> None:
    """What is still closing gets the time for it."""
    loop = asyncio.get_running_loop()
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
