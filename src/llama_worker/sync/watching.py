"""Operations without a stream of text: waited for, with a callback for their progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..worker.operations import operation as asynchronous
from ..worker.tools.callbacks import CallbackFailed, theirs
from .loop import LoopThread

Result = TypeVar("Result")
Item = TypeVar("Item")


def finish(
    loop: LoopThread, operation: asynchronous.Operation[Result, Item], on_progress: Callable[[Item], object] | None
) -> Result:
    """The result of an operation. What the callback raises aborts it and is raised here."""
    try:
        return loop.run(_watched(operation, on_progress))
    except CallbackFailed as failed:
        raise failed.error from None


async def _watched(
    operation: asynchronous.Operation[Result, Item], on_progress: Callable[[Item], object] | None
) -> Result:
    if on_progress is not None:
        async for item in operation:
            with theirs():
                on_progress(item)
    return await operation
