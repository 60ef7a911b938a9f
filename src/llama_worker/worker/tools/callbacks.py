"""Functions of the caller's own, called so that what they raise ends nothing but their call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...loggers import OPERATIONS
from ..home import running_loop


class CallbackFailed(Exception):
    """`error` is what the function raised, be it `SystemExit`: in a task that would end the program."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        self.error = error
        self.__cause__ = error


@contextmanager
def theirs() -> Iterator[None]:
    """For a block that runs the caller's code: whatever is raised in it becomes `CallbackFailed`.

    A `CancelledError` is theirs too (an inner task was cancelled), unless it is this task that is being cancelled; and
    so is a `GeneratorExit`, unless this coroutine itself is being closed, which its task never does.
    """
    running = _current_task()
    try:
        yield
    except CallbackFailed:
        raise
    except GeneratorExit as error:
        if running is None or _current_task() is not running:
            raise
        raise CallbackFailed(error) from error
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        raise CallbackFailed(error) from error


def _current_task() -> asyncio.Task[Any] | None:
    return asyncio.current_task() if running_loop() else None


async def called(function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Any:
    """What a function gives, awaited where it has to be. Raises `CallbackFailed`."""
    with theirs():
        result = function(*arguments, **keywords)
        return await result if inspect.isawaitable(result) else result


async def called_aside(function: Callable[..., Any], /, **keywords: Any) -> Any:
    """As `called`, but one that is not async runs in a thread, so that it may block; a thread cannot be cancelled."""
    if inspect.iscoroutinefunction(function):
        return await called(function, **keywords)
    return await called(await asyncio.to_thread(_outcome, function, keywords))


def _outcome(function: Callable[..., Any], keywords: dict[str, Any]) -> Callable[[], Any]:
    """A function that gives or raises what `function` did: a future that is given a `StopIteration` never ends."""
    try:
        result = function(**keywords)
    except BaseException as error:
        failure = CallbackFailed(error)
        return lambda: _raise(failure)
    return lambda: result


def _raise(error: Exception) -> None:
    raise error


def tell(callback: Callable[[Any], object], news: Any, about: str) -> None:
    """Call somebody who only listens: an error of theirs is logged, and the others and the work go on."""
    try:
        callback(news)
    except BaseException:
        OPERATIONS.exception("A callback for %s failed", about)
