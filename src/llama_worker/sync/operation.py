"""A generation that is awaited by using it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from ..messages.events import Event
from ..messages.values import FinishReason, Timings, ToolCall, Usage
from ..worker.operations import operation as asynchronous
from ..worker.operations.stream import Stream
from ..worker.reply import Parsed, Reply
from .loop import LoopThread

Item = TypeVar("Item")


class Operation(Generic[Parsed]):
    """An answer on its way: iterate over it for its text, or use its `text`, `usage`... which wait for the whole.

    Leaving the loop with `break` and Ctrl-C abort the work, in the engine too.
    """

    def __init__(self, loop: LoopThread, operation: asynchronous.Operation[Reply[Parsed], str]) -> None:
        self._loop = loop
        self._operation = operation

    def __repr__(self) -> str:
        return repr(self._operation)

    def __str__(self) -> str:
        return self.text

    def __iter__(self) -> Iterator[str]:
        return _Stream(self._loop, self._loop.call(self._operation.__aiter__))

    def events(self) -> Iterator[Event]:
        """Everything that happens, typed."""
        return _Stream(self._loop, self._loop.call(self._operation.events))

    def result(self) -> Reply[Parsed]:
        """Wait for the whole answer; raises what ended it."""
        return self._loop.run(_outcome(self._operation))

    def wait(self) -> None:
        """Wait until it has ended, however."""
        self._loop.run(self._operation.wait())

    def abort(self) -> None:
        """Stop the work; harmless when it is finished."""
        self._operation.abort()

    def pause(self) -> None:
        """As `llama_worker.Operation.pause`."""
        self._operation.pause()

    def resume(self) -> None:
        """As `llama_worker.Operation.resume`."""
        self._operation.resume()

    def answer_now(self) -> None:
        """As `llama_worker.Operation.answer_now`."""
        self._operation.answer_now()

    @property
    def id(self) -> str:
        return self._operation.id

    @property
    def kind(self) -> asynchronous.Kind:
        return self._operation.kind

    @property
    def state(self) -> asynchronous.State:
        return self._operation.state

    @property
    def finished(self) -> bool:
        return self._operation.finished

    @property
    def progress(self) -> float:
        """From 0 to 1: the share of the prompt that has been read."""
        return self._operation.progress

    @property
    def text(self) -> str:
        """The whole answer; waits for it, as do all that follow."""
        return self.result().text

    @property
    def parsed(self) -> Parsed:
        return self.result().parsed

    @property
    def reasoning(self) -> str:
        return self.result().reasoning

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return self.result().tool_calls

    @property
    def finish_reason(self) -> FinishReason:
        return self.result().finish_reason

    @property
    def usage(self) -> Usage:
        return self.result().usage

    @property
    def timings(self) -> Timings:
        return self.result().timings


async def _outcome(operation: asynchronous.Operation[Reply[Parsed], str]) -> Reply:
    return await operation


class _Stream(Iterator[Item], Generic[Item]):
    """Dropping it before its end aborts the operation, as dropping the stream that it reads does."""

    def __init__(self, loop: LoopThread, stream: Stream[Item]) -> None:
        self._loop = loop
        self._stream = stream

    def __next__(self) -> Item:
        try:
            return self._loop.run(_next(self._stream))
        except StopAsyncIteration:
            raise StopIteration from None


async def _next(stream: Stream[Item]) -> Item:
    return await stream.__anext__()
