"""Answers in the words of frameworks: pieces as they come, calls with an id from their first one, at last the reply."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from msgspec import Struct, structs

from ...errors import EngineDiedError, InvalidOutputError, MalformedOutputError
from ...messages.events import Event, ReasoningDelta, TextDelta, ToolCallDelta
from ...worker.model import Model
from ...worker.operations.operation import Operation
from ...worker.reply import Reply

Begin = Callable[[Model], Operation[Reply, str]]
"""Begins an answer of a model."""


class CallDelta(Struct, frozen=True):
    """The next piece of a call: `id` and `name` are the same in all of them, `arguments` is more of its JSON text.
    `begins` says that it is the first."""

    index: int
    id: str
    name: str
    arguments: str
    begins: bool


Piece = TextDelta | ReasoningDelta | CallDelta | Reply


class Patience(Struct, frozen=True):
    """How long an answer may take, in seconds (None: as long as it takes), and how often it is asked for again when its
    engine dies before anything of it was told."""

    timeout: float | None = None
    retries: int = 0


NO_LIMIT = Patience()


async def reply_of(model: Model, begin: Begin, patience: Patience) -> Reply:
    """The whole answer. One that was cut off within its form is a reply that says so: frameworks parse it themselves.

    Raises `TimeoutError`, and whatever ends the operation.
    """
    async with asyncio.timeout(patience.timeout):
        for _ in range(patience.retries):
            try:
                return await _outcome(begin(model))
            except EngineDiedError:
                continue
        return await _outcome(begin(model))


async def _outcome(operation: Operation[Reply, str]) -> Reply:
    try:
        return await operation
    except InvalidOutputError as error:
        if isinstance(error, MalformedOutputError) or not isinstance(error.partial, Reply):
            raise
        return error.partial


class Pieces:
    """An answer on its way, in its worker's event loop: what has come since it was last asked."""

    def __init__(self, model: Model, begin: Begin, patience: Patience) -> None:
        self._model, self._begin = model, begin
        self._retries = patience.retries
        self._deadline = None
        if patience.timeout is not None:
            self._deadline = asyncio.get_running_loop().time() + patience.timeout
        self._calls: dict[int, tuple[str, int]] = {}
        self._told = self._ended = False
        self._start()

    def _start(self) -> None:
        self._operation = self._begin(self._model)
        self._events = self._operation.events()

    async def next(self) -> Piece | None:
        """The next piece, at last the reply, and then None. Raises `TimeoutError`, and whatever ends the operation."""
        async with asyncio.timeout_at(self._deadline):
            while not self._ended:
                try:
                    piece = self._piece(await anext(self._events))
                except (StopAsyncIteration, InvalidOutputError):
                    return await self._reply()
                except EngineDiedError:
                    if self._told or not self._retries:
                        raise
                    self._retries -= 1
                    self._start()
                    continue
                if piece is not None:
                    self._told = True
                    return piece
        return None

    def abort(self) -> None:
        """From any thread; harmless when it has ended."""
        self._operation.abort()

    async def _reply(self) -> Reply:
        self._ended = True
        reply = await _outcome(self._operation)
        ids = {index: identity for index, (identity, _) in self._calls.items()}
        calls = (structs.replace(call, id=ids.get(index, call.id)) for index, call in enumerate(reply.tool_calls))
        return structs.replace(reply, tool_calls=tuple(calls))

    def _piece(self, event: Event) -> Piece | None:
        if isinstance(event, ToolCallDelta):
            return self._call(event)
        return event if isinstance(event, TextDelta | ReasoningDelta) else None

    def _call(self, event: ToolCallDelta) -> CallDelta | None:
        """What of it is new: a call that begins anew is told from where it was left."""
        begins = event.index not in self._calls
        identity, seen = self._calls.get(event.index, (f"call_{uuid.uuid4().hex}", 0))
        arguments = event.arguments[max(seen - event.offset, 0) :]
        self._calls[event.index] = identity, max(seen, event.offset + len(event.arguments))
        if not begins and not arguments:
            return None
        return CallDelta(event.index, identity, event.name, arguments, begins)
