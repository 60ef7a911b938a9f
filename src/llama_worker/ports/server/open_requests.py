"""The requests of a connection that are not answered yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import takewhile
from typing import Any

from msgspec import Struct

from ...errors import InvalidOptionsError, LlamaWorkerError, OperationAborted
from ...messages import (
    CompletionDone,
    DownloadComplete,
    DownloadErrorMessage,
    DownloadModel,
    Failure,
    Id,
    Incoming,
    Info,
    Outgoing,
)
from ...worker.operations.operation import Operation
from ...worker.reporting import OperationMessages, completion_done, download_error, error_message
from ...worker.tools.results import as_parts
from ...worker.tools.toolbox import CallRefused, FunctionFailed
from .workspace import Workspace

Send = Callable[[Outgoing], Awaitable[None]]


class OpenRequest:
    """A request, what it works on, and the one operation it started, if any. Knows how to end, not when."""

    def __init__(
        self, message: Incoming, workspace: Workspace, others: OpenRequests, send: Send, *, generates: bool
    ) -> None:
        self.message = message
        self.id = message.id
        self.request_id = message.request_id if isinstance(message, DownloadModel) else None
        """A download's own id; the request's, where it has no other."""
        self.workspace = workspace
        self.others = others
        self.generates = generates
        self.nameless = self.id is None and self.request_id is None
        """Whether nothing in the answers will tell which request they answer."""
        named = (getattr(message, name, None) for name in ("model", "session"))
        self.names_its_own = any(name is not None for name in named)
        """Whether it says which model or session it means, and so has nothing to do with the current ones."""
        self.operation: Operation[Any, Any] | None = None
        self.task: asyncio.Task[None] | None = None
        self._paused = False
        self._hurried = False
        self.begun = False
        self.dropped = False
        self.closing_info = ""
        self._send = send

    def is_called(self, request_id: Id | None, operation_id: str | None) -> bool:
        """Whether an `abort`, `pause` or `resume` means this request."""
        if operation_id is not None:
            return self.operation is not None and self.operation.id == operation_id
        return request_id is not None and request_id in (self.id, self.request_id)

    async def info(self, text: str) -> None:
        await self._send(Info(id=self.id, message=text))

    async def send(self, message: Outgoing) -> None:
        await self._send(message)

    async def follow(self, operation: Operation[Any, Any], opening: str, closing: str = "") -> Outgoing:
        """Send what happens during an operation and return its end."""
        self.begin(operation)
        messages = OperationMessages(operation, self.id, self.request_id, tells_all=self.id is not None)
        await self._send(Info(id=self.id, message=opening))
        async for message in messages:
            await self._send(message)
        self.closing_info = closing
        return messages.end()

    def begin(self, operation: Operation[Any, Any]) -> None:
        """This is the request's operation; what was wished for while it waited for its turn is told to it."""
        if self.operation is None:
            self.operation = operation
            if self._paused:
                operation.pause()
            if self._hurried:
                operation.answer_now()

    @property
    def paused(self) -> bool:
        """Whether it waits to be resumed, or will when its turn comes."""
        return self._paused if self.operation is None else self.operation.gate.closed

    def pause(self) -> bool:
        """Let it rest, whether it has begun or waits for its turn. False when it is nothing that can be paused."""
        if self.operation is not None:
            self.operation.pause()
        self._paused = self.generates
        return self.operation is not None or self.generates

    def resume(self) -> bool:
        """Let it go on. False when it is nothing that can be paused."""
        if self.operation is not None:
            self.operation.resume()
        self._paused = False
        return self.operation is not None or self.generates

    def answer_now(self) -> bool:
        """Let the answer begin, whether reasoning has begun or not. False when there will be no answer."""
        if self.operation is not None:
            self.operation.answer_now()
        self._hurried = True
        return self.operation is not None or self.generates

    def abort(self) -> None:
        """End it soon, whether it has begun or waits for its turn."""
        if self.operation is not None:
            self.operation.abort()
        elif self.begun and self.task is not None:
            self.task.cancel()
        else:  # a task that is cancelled before its first step could not even say so
            self.dropped = True

    def failed(self, error: LlamaWorkerError) -> Outgoing:
        """The end of a request that failed or was aborted before it began."""
        if isinstance(self.message, DownloadModel):
            return download_error(error, self.id, self.request_id)
        if self.generates and isinstance(error, OperationAborted):
            return completion_done(None, "", self.id)
        return error_message(error, self.id)

    def closing_message(self, end: Outgoing) -> Info | None:
        """What the seeds say after the end; only where it cannot be mistaken for an answer to something else."""
        if self.id is not None:
            return None
        if isinstance(end, CompletionDone) and end.finish_reason == "abort":
            return Info(message="Generation aborted by the user")
        if isinstance(end, DownloadErrorMessage) and end.code == OperationAborted.code:
            return Info(message="Download aborted by the user")
        if isinstance(end, DownloadComplete):
            return Info(message=f"{self.closing_info}: {end.file_path}")
        failed = isinstance(end, Failure)
        return Info(message=self.closing_info) if self.closing_info and not failed else None


class OpenRequests:
    """Who is being answered, oldest first, and which functions they wait for."""

    def __init__(self) -> None:
        self._requests: dict[int, OpenRequest] = {}
        self._ids: set[Id | None] = set()
        self._awaited_results: dict[str, asyncio.Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[OpenRequest]:
        return iter(tuple(self._requests.values()))

    def add(self, request: OpenRequest) -> None:
        self._requests[id(request)] = request
        if request.id is not None:
            self._ids.add(request.id)

    def remove(self, request: OpenRequest) -> None:
        if self._requests.pop(id(request), None) is not None:
            self._ids.discard(request.id)

    def uses(self, request_id: Id) -> bool:
        """Whether a request with that id is still being answered."""
        return request_id in self._ids

    def before(self, asker: OpenRequest) -> list[OpenRequest]:
        """The requests that came before another one: only those can be meant by it."""
        return list(takewhile(lambda request: request is not asker, self))

    def find(self, asker: OpenRequest, request_id: Id | None, operation_id: str | None) -> OpenRequest | None:
        """The request that is called so."""
        return next((request for request in self.before(asker) if request.is_called(request_id, operation_id)), None)

    def last_generation(self, asker: OpenRequest) -> OpenRequest | None:
        """The generation that began last; without one that has begun, the one that was asked for last."""
        generations = [request for request in self.before(asker) if request.generates]
        begun = [request for request in generations if request.operation is not None]
        return next(iter((begun or generations)[-1:]), None)

    def last_of(self, asker: OpenRequest, kind: type[Struct], request_id: Id | None = None) -> OpenRequest | None:
        """The request of that type that was asked for last, or the one of that name."""
        requests = [request for request in self.before(asker) if isinstance(request.message, kind)]
        named = [request for request in requests if request_id is None or request.is_called(request_id, None)]
        return named[-1] if named else None

    async def await_result(self, call_id: str, ask: Awaitable[None]) -> Any:
        """Ask for the result of a function, and wait until `settle_call` brings it."""
        result = self._awaited_results[call_id] = asyncio.get_running_loop().create_future()
        try:
            await ask
            return await result
        finally:
            del self._awaited_results[call_id]

    def settle_call(
        self,
        call_id: str,
        result: Any,
        *,
        content: Any = None,
        error: str | None = None,
        refused: str | None = None,
        unapproved: str | None = None,
    ) -> None:
        """Raises `InvalidOptionsError` when nobody waits for the result of that call, or for a content that is none."""
        waiting = self._awaited_results.get(call_id)
        if waiting is None or waiting.done():
            raise InvalidOptionsError(f"Nobody waits for the result of call {call_id!r}.", path="callId")
        if refused is not None:
            waiting.set_exception(CallRefused(refused))
        elif unapproved is not None:
            waiting.set_exception(FunctionFailed(unapproved, unapproved=True))
        elif error is not None:
            waiting.set_exception(FunctionFailed(error))
        else:
            waiting.set_result(result if content is None else as_parts(content))

    def release_waiting(self) -> None:
        """No more requests will come: end what waits for one to go on."""
        for request in self:
            if request.paused:
                request.abort()
        for result in self._awaited_results.values():
            if not result.done():
                result.set_exception(FunctionFailed("Nobody is left to call this function."))
