"""The requests of a connection that are not answered yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from msgspec import Struct

from ..messages import Id
from ..worker.toolbox import FunctionFailed
from .call import Call


class Roster:
    """Who is being answered, oldest first, and which functions they wait for."""

    def __init__(self) -> None:
        self._calls: dict[int, Call] = {}
        self.awaited_results: dict[str, asyncio.Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def add(self, call: Call) -> None:
        self._calls[id(call)] = call

    def remove(self, call: Call) -> None:
        self._calls.pop(id(call), None)

    def uses(self, request_id: Id) -> bool:
        """Whether a request with that id is still being answered."""
        return any(call.id == request_id for call in self._calls.values())

    def before(self, asker: Call) -> list[Call]:
        """The requests that came before another one: only those can be meant by it."""
        return list(takewhile(lambda call: call is not asker, self))

    def find(self, asker: Call, request_id: Id | None, operation_id: str | None) -> Call | None:
        """The request that is called so."""
        return next((call for call in self.before(asker) if call.is_called(request_id, operation_id)), None)

    def last_generation(self, asker: Call) -> Call | None:
        """The generation that began last; without one that has begun, the one that was asked for last."""
        generations = [call for call in self.before(asker) if call.generates]
        begun = [call for call in generations if call.operation is not None]
        return next(iter((begun or generations)[-1:]), None)

    def last_of(self, asker: Call, kind: type[Struct], request_id: Id | None = None) -> Call | None:
        """The request of that type that was asked for last, or the one of that name."""
        calls = [call for call in self.before(asker) if isinstance(call.request, kind)]
        named = [call for call in calls if request_id is None or call.is_called(request_id, None)]
        return named[-1] if named else None

    def let_go(self) -> None:
        """No more requests will come: end what waits for one to go on."""
        for call in self:
            if call.operation is not None and call.operation.gate.closed:
                call.operation.abort()
        for result in self.awaited_results.values():
            if not result.done():
                result.set_exception(FunctionFailed("Nobody is left to call this function."))
