"""What happens during an operation, told as the protocol's messages: for ports, and for `worker.on`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from msgspec import to_builtins

from ..errors import LlamaWorkerError, OperationAborted
from ..messages import (
    Call,
    CompletionChunk,
    CompletionDone,
    ContextCreated,
    DownloadComplete,
    DownloadErrorMessage,
    DownloadProgress,
    ErrorMessage,
    Id,
    LoadedModel,
    ModelLoaded,
    OperationEvent,
    Outgoing,
    ProgressMessage,
    Result,
    Speed,
    Stats,
)
from .context import Context
from .events import Downloading, Event, Progress, ReasoningDelta, TextDelta
from .model import Model
from .operation import Operation
from .reply import Reply

GENERATING = frozenset({"prompt", "completion", "chat"})
_STARTING = frozenset({"load", "create_context"})


async def announce(operation: Operation[Any, Any]) -> AsyncIterator[Outgoing]:
    """Every message of an operation; the last one tells how it ended. Leaving early aborts the operation."""
    announcement = Announcement(operation, tells_all=True)
    async for message in announcement:
        yield message
    yield announcement.end()


class Announcement:
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
                for message in self._tell(event):
                    yield message
        except LlamaWorkerError:
            pass  # `end` tells it

    def _tell(self, event: Event) -> list[Outgoing]:
        """The messages of one event: none, or one."""
        operation = self._operation
        if isinstance(event, TextDelta):
            return [CompletionChunk(id=self._id, chunk=event.text, operation_id=operation.id)]
        if isinstance(event, ReasoningDelta):
            return [CompletionChunk(id=self._id, chunk="", reasoning=event.text, operation_id=operation.id)]
        if isinstance(event, Downloading):
            return [self._download_progress(event)]
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
                progress_type="load" if kind in _STARTING else "inference",
                progress=event.value,
                stage=event.stage,
                operation_id=self._operation.id,
            )
        ]

    def _download_progress(self, event: Downloading) -> Outgoing:
        return DownloadProgress(
            id=self._id,
            request_id=self._request_id,
            progress=event.value,
            file=event.stage,
            downloaded_bytes=event.downloaded_bytes,
            total_bytes=event.total_bytes,
            bytes_per_second=event.bytes_per_second,
            seconds_left=event.seconds_left,
            operation_id=self._operation.id,
        )

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
                return ModelLoaded(id=self._id, model_id=result.id, model_info=describe_model(result))
            case Context():
                return describe_context(result, self._id)
        if self._operation.kind == "download":
            return DownloadComplete(
                id=self._id, request_id=self._request_id, file_path=str(result), operation_id=self._operation.id
            )
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
    usage, timings = reply.usage, reply.timings
    return CompletionDone(
        id=id,
        full_text=reply.text,
        finish_reason=reply.finish_reason,
        stats=Stats(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            total_tokens=usage.total_tokens,
            cached_tokens=usage.cached_tokens,
        ),
        timings=Speed(
            prompt_seconds=timings.prompt_seconds,
            completion_seconds=timings.completion_seconds,
            tokens_per_second=timings.tokens_per_second,
        ),
        operation_id=operation_id,
        reasoning=reply.reasoning,
        tool_calls=tuple(Call(id=call.id, name=call.name, arguments=call.arguments) for call in reply.tool_calls),
        parsed=_plain(reply.parsed),
        stop_sequence=reply.stop_sequence,
        logprobs=list(to_builtins(reply.logprobs)),
        dropped_messages=reply.dropped_messages,
    )


def _plain(value: Any) -> Any:
    """What a `response_format` made of the answer, as JSON values again."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return to_builtins(value)


def describe_model(model: Model) -> LoadedModel:
    """What is known of a loaded model."""
    info, settings = model.info, model._supervisor.settings
    return LoadedModel(
        name=info.name,
        path=info.path,
        size=info.size,
        parameters=info.parameters,
        context_size=info.context_size,
        trained_context_size=info.trained_context_size,
        vocabulary_size=info.vocabulary_size,
        sequences=settings.sequences,
        batch_size=settings.batch_size,
        pid=model.pid,
    )


def describe_context(context: Context, id: Id | None) -> ContextCreated:
    """What is known of a context."""
    return ContextCreated(
        id=id,
        model_id=context.model.id,
        context_size=context.context_size,
        sequences=context.sequences,
        batch_size=context.batch_size,
        model_info=describe_model(context.model),
    )
