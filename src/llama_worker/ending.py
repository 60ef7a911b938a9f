"""Work that must come to its end, whoever gives up waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")
_unfinished: set[asyncio.Task[Any]] = set()


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, which runs in a task of its own: being cancelled here ends the waiting and not the work.

    For what must not be left half done, such as ending a process and removing what belongs to it.
    """
    task = asyncio.ensure_future(work)
    _unfinished.add(task)
    task.add_done_callback(_forget)
    return await asyncio.shield(task)


async def in_thread_to_the_end(work: Callable[[], Result]) -> Result:
    """The result of `work` in a thread, which no cancel can end: it has ended when this does."""
    return await wait_to_the_end(asyncio.create_task(asyncio.to_thread(work)))


async def wait_to_the_end(task: asyncio.Task[Result]) -> Result:
    """The result of `task`; however often this is cancelled meanwhile, it has ended when this does."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        _forget(task)
        raise cancelled
    return task.result()


def _forget(task: asyncio.Task[Any]) -> None:
    _unfinished.discard(task)
    if not task.cancelled():
        task.exception()  # nobody may be left to see it, and asyncio would complain about that
