"""What happens during an operation, told as the protocol's messages: for ports, and for `worker.on`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

from msgspec import to_builtins

from ..errors import LlamaWorkerError, OperationAborted
from ..messages import (
    CompletionChunk,
    CompletionDone,
    ContextCreated,
    DownloadComplete,
    DownloadErrorMessage,
    DownloadProgress,
    ErrorMessage,
    FileProgress,
    Id,
    ModelLoaded,
    OperationEvent,
    Outgoing,
    ProgressMessage,
    Result,
)
from ..messages.events import Downloading, Event, Processing, Progress, ReasoningDelta, TextDelta
from .embedding.forms import to_bytes
from .model import Context, Model
from .operations.operation import FILE_WORK, GENERATING, Kind, Operation
from .reply import Reply

_STARTING = frozenset({"load", "create_context"})
_ON_FILES: frozenset[Kind] = frozenset({"verify", "update", "export", "import", "lock"})
_WITH_VALUE = _ON_FILES | FILE_WORK | {"rerank"}


async def messages_of(operation: Operation[Any, Any]) -> AsyncIterator[Outgoing]:
    """Every message of an operation; the last one tells how it ended. Leaving early aborts the operation."""
    messages = OperationMessages(operation, tells_all=True)
    async for message in messages:
        yield message
    yield messages.end()


class OperationMessages:
    """An operation as messages with the ids of a request: iterate over what happens, then ask how it ended.

    Text and progress have messages of their own; `tells_all` sends every other event as `operation_event`.
    """

    def __init__(
        self,
        operation: Operation[Any, Any],
        id: Id | None = None,
        request_id: Id | None = None,
        *,
        tells_all: bool = False,
    ) -> None:
        self._operation = operation
        self._tells_all = tells_all
        self._id = id
        self._request_id = request_id
        self._told_progress = False

    async def __aiter__(self) -> AsyncIterator[Outgoing]:
        try:
            async for event in self._operation.events():
                for message in self._messages(event):
                    yield message
        except LlamaWorkerError:
            pass  # `end` tells it

    def _messages(self, event: Event) -> list[Outgoing]:
        """The messages of one event: none, or one."""
        operation = self._operation
        if isinstance(event, TextDelta):
            return [CompletionChunk(id=self._id, chunk=event.text, operation_id=operation.id)]
        if isinstance(event, ReasoningDelta):
            return [CompletionChunk(id=self._id, chunk="", reasoning=event.text, operation_id=operation.id)]
        if isinstance(event, Downloading):
            ids = {"id": self._id, "request_id": self._request_id, "operation_id": operation.id}
            return [DownloadProgress.of(event, **ids)]
        if isinstance(event, Processing):
            return [FileProgress.of(event, id=self._id, operation_id=operation.id)]
        if isinstance(event, Progress):
            return self._progress(event)
        if not self._tells_all:
            return []
        return [OperationEvent(id=self._id, operation_id=operation.id, event=to_builtins(event))]

    def _progress(self, event: Progress) -> list[Outgoing]:
        kind = self._operation.kind
        # What is over at once (a session, a context that the engine has already) has no progress worth a message.
        quick = kind == "create_session" or (kind == "create_context" and event.value == 1.0)
        if quick and not self._told_progress:
            return []
        self._told_progress = True
        return [
            ProgressMessage(
                id=self._id,
                progress_type="load" if kind in _STARTING else "files" if kind in _ON_FILES else "inference",
                progress=event.value,
                stage=event.stage,
                operation_id=self._operation.id,
            )
        ]

    def end(self) -> Outgoing:
        """How a finished operation ended."""
        operation = self._operation
        try:
            result = operation.result()
        except OperationAborted as aborted:
            if operation.kind in GENERATING:
                return completion_done(aborted.partial, operation.id, self._id)
            return self._error(aborted)
        except LlamaWorkerError as error:
            return self._error(error)
        return self._success(result)

    def _success(self, result: Any) -> Outgoing:
        match result:
            case Reply():
                return completion_done(result, self._operation.id, self._id)
            case Model():
                return ModelLoaded(id=self._id, model_id=result.id, model_info=result.info)
            case Context():
                return describe_context(result, self._id)
        if self._operation.kind == "download":
            return DownloadComplete(
                id=self._id, request_id=self._request_id, file_path=str(result), operation_id=self._operation.id
            )
        if self._operation.kind == "embed":
            return Result(id=self._id, value=to_bytes(result))
        if self._operation.kind in _WITH_VALUE:
            return Result(id=self._id, value=to_builtins(result, enc_hook=os.fspath))
        return Result(id=self._id)

    def _error(self, error: LlamaWorkerError) -> Outgoing:
        if self._operation.kind == "download":
            return download_error(error, self._id, self._request_id)
        return error_message(error, self._id)


def error_message(error: LlamaWorkerError, id: Id | None = None) -> ErrorMessage:
    """An error as the message that carries it."""
    return ErrorMessage(
        id=id,
        code=error.code,
        message=error.message,
        error=error.message,
        path=getattr(error, "path", None),
        details=error.details(),
    )


def download_error(error: LlamaWorkerError, id: Id | None, request_id: Id | None) -> DownloadErrorMessage:
    """As `error_message`, for a download."""
    return DownloadErrorMessage(
        id=id,
        request_id=request_id,
        error=error.message,
        code=error.code,
        message=error.message,
        details=error.details(),
    )


def completion_done(reply: Reply | None, operation_id: str, id: Id | None) -> CompletionDone:
    """The end of a generation; without a reply one that was aborted before it had begun."""
    reply = reply or Reply(text="", finish_reason="abort")
    return CompletionDone(
        id=id,
        full_text=reply.text,
        stats=reply.usage,
        operation_id=operation_id,
        parsed=_plain(reply.parsed),
        **{name: getattr(reply, name) for name in _SAME_IN_BOTH},
    )


def reply_of(done: CompletionDone) -> Reply:
    """The reply that a last message carries; `parsed` is plain JSON values."""
    same = {name: getattr(done, name) for name in _SAME_IN_BOTH}
    return Reply(text=done.full_text, usage=done.stats, parsed=done.parsed, **same)


_SAME_IN_BOTH = tuple(name for name in Reply.__struct_fields__ if name not in ("text", "usage", "parsed"))


def _plain(value: Any) -> Any:
    """What a `response_format` made of the answer, as JSON values again."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return to_builtins(value)


def describe_context(context: Context, id: Id | None) -> ContextCreated:
    """What is known of a context."""
    return ContextCreated(
        id=id,
        model_id=context.model.id,
        context_size=context.context_size,
        sequences=context.sequences,
        batch_size=context.batch_size,
        model_info=context.model.info,
    )
