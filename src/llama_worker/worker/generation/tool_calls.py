"""Function calls as they come from the engine, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import json

from ...engine.api.calls import new_id
from ...engine.api.chunks import ToolCallDelta as EngineDelta
from ...messages.events import ToolCallDelta
from ...messages.values import ToolCall
from ..operations.operation import Operation
from ..reply import Reply


class _Call:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments = ""


class ToolCallCollector:
    """Puts the pieces of an answer's calls together and tells of each, at most `limit` calls."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self._calls: dict[int, _Call] = {}

    @property
    def beyond_limit(self) -> bool:
        """Whether the model has begun one call too many."""
        return self.limit is not None and len(self._calls) > self.limit

    def take(self, deltas: Iterable[EngineDelta], operation: Operation[Reply, str]) -> None:
        for delta in deltas:
            call = self._calls.setdefault(delta.index, _Call())
            if self.beyond_limit:
                return
            call.id = call.id or delta.id or ""
            call.name = call.name or delta.function.name or ""
            if delta.function.arguments or delta.function.name:
                offset = len(call.arguments)
                call.arguments += delta.function.arguments
                operation.report(ToolCallDelta(delta.index, call.name, delta.function.arguments, offset))

    def forget(self) -> None:
        """The calls so far will be generated again."""
        self._calls.clear()

    def written(self) -> str:
        """The calls as text, as far as they came."""
        calls = (self._calls[index] for index in sorted(self._calls))
        return "\n".join(
            f'{{"name": {json.encode(call.name).decode()}, "arguments": {call.arguments}' for call in calls
        )

    def finished(self) -> tuple[ToolCall, ...]:
        """The calls in their order."""
        calls = [self._calls[index] for index in sorted(self._calls)][: self.limit]
        return tuple(ToolCall(call.id or new_id(), call.name, call.arguments or "{}") for call in calls)
