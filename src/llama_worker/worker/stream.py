"""An iteration over an operation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from ..errors import OperationAborted
from .events import Event, ReasoningDelta, TextDelta

if TYPE_CHECKING:
    from .operation import Operation

Item = TypeVar("Item")


class Stream(AsyncIterator[Item]):
    """An iteration over an operation. Dropping it before its end aborts the operation."""

    def __init__(self, operation: Operation[Any, Any], to_item: Callable[[Event], Item | None]) -> None:
        self._operation = operation
        self._to_item = to_item
        self._seen = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        operation = self._operation
        while True:
            await operation._news(self._seen)
            if self._seen == len(operation._log):
                self._end()
            item = self._to_item(self._take())
            if item is not None:
                return item

    async def aclose(self) -> None:
        """Abort the operation and wait until it has ended."""
        self._operation.abort()
        await self._operation.wait()

    def __del__(self) -> None:
        self._operation.abort()

    def _end(self) -> None:
        error = self._operation._error
        if error is not None and not isinstance(error, OperationAborted):
            raise error
        raise StopAsyncIteration

    def _take(self) -> Event:
        """The next event; a run of text that piled up is one event, so a slow reader costs no memory."""
        log, first = self._operation._log, self._seen
        event = log[first]
        self._seen += 1
        if not isinstance(event, TextDelta | ReasoningDelta):
            return event
        while self._seen < len(log) and type(log[self._seen]) is type(event):
            self._seen += 1
        if self._seen == first + 1:
            return event
        run = cast(list[TextDelta], log[first : self._seen])
        return type(event)("".join(piece.text for piece in run))
