"""What comes out of a worker."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from .base import Id, LastMessage, Message
from .progress import DownloadProgress, FileProgress, Fraction, OperationId
from .values import FinishReason, ModelInfo, Timings, TokenLogprob, ToolCall, Usage

__all__ = [
    "Abilities",
    "CompletionChunk",
    "CompletionDone",
    "ContextCreated",
    "DownloadComplete",
    "DownloadErrorMessage",
    "DownloadProgress",
    "ErrorMessage",
    "Failure",
    "FileProgress",
    "FunctionApproval",
    "FunctionCall",
    "Info",
    "ModelLoaded",
    "ModelUnloaded",
    "OperationEvent",
    "OperationStarted",
    "Outgoing",
    "ProgressMessage",
    "Result",
    "SessionCreated",
]

Details = Annotated[dict[str, Any], Meta(description="The facts beside the message; which ones depends on the code.")]
ErrorText = Annotated[str, Meta(description="The same text as `message`.")]


class Info(Message, frozen=True, kw_only=True):
    """What is happening, in words, for people and logs. Programs need none of them."""

    message: str


class Failure(LastMessage, frozen=True, kw_only=True):
    """Base of the last messages that tell why a request failed."""

    code: str
    message: str
    error: ErrorText
    details: Details = field(default_factory=dict)


class ErrorMessage(Failure, frozen=True, kw_only=True):
    """The end of a request that failed, or (without `id`) what could not even be read as one."""

    path: Annotated[str, Meta(description="The field that is wrong, as in `options.maxTokens`.")] | None = None


class ProgressMessage(Message, frozen=True, kw_only=True):
    """How far a load, the reading of a prompt, or work on the files of models is."""

    progress_type: Literal["load", "download", "inference", "files"]
    progress: Fraction
    stage: Annotated[str, Meta(description="The part it is in, if it has parts.")] = ""
    operation_id: OperationId = ""


class CompletionChunk(Message, frozen=True, kw_only=True):
    """The next piece of an answer, or of the reasoning before it (then `chunk` is empty)."""

    chunk: str
    reasoning: str = ""
    operation_id: OperationId = ""


class CompletionDone(LastMessage, frozen=True, kw_only=True):
    """The end of a generation, also of one that was aborted: then `fullText` is as far as it came."""

    full_text: str
    finish_reason: FinishReason
    stats: Usage
    timings: Timings = Timings()
    operation_id: OperationId = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    parsed: Annotated[Any, Meta(description="The value, where `options.responseFormat` asked for one.")] = None
    stop_sequence: Annotated[str, Meta(description="Which of the stop sequences ended it.")] | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    dropped_messages: Annotated[int, Meta(description="Oldest messages that did not fit any more.")] = 0


class ModelLoaded(LastMessage, frozen=True, kw_only=True):
    """The end of a load that succeeded."""

    model_id: Annotated[str, Meta(description="Names this model in `model`.")]
    model_info: ModelInfo


class ContextCreated(LastMessage, frozen=True, kw_only=True):
    """The context is there: tokens for each sequence, sequences computed at once, prompt tokens computed at a time."""

    model_id: str
    context_size: int
    sequences: int
    batch_size: int
    model_info: ModelInfo


class SessionCreated(LastMessage, frozen=True, kw_only=True):
    """The conversation can begin."""

    session_id: Annotated[str, Meta(description="Names this session in `session`.")]
    model_id: str
    system_prompt: (
        Annotated[str, Meta(description="What a fork, or a session that was there before, began with.")] | None
    ) = None


class ModelUnloaded(LastMessage, frozen=True, kw_only=True):
    """The engine has ended and its memory is free."""

    model_id: str
    model_path: str


class DownloadComplete(LastMessage, frozen=True, kw_only=True):
    """The file is there, whole and checked."""

    request_id: Id | None = None
    file_path: str
    operation_id: OperationId = ""


class DownloadErrorMessage(Failure, frozen=True, kw_only=True, tag="download_error"):
    """The end of a download that failed, or was aborted (code `aborted`)."""

    request_id: Id | None = None


class OperationStarted(Message, frozen=True, kw_only=True):
    """The answer to `send_prompt` that comes at once; chunks and `completion_done` follow with the same ids."""

    operation_id: OperationId


class OperationEvent(Message, frozen=True, kw_only=True):
    """Something else that happened, told under a request's id only.

    `event.type` is one of `StateChanged {state}` (queued, running, paused), `ToolCallDelta {index, name, arguments,
    offset}`, `ToolCalled {id, name, arguments, round}`, `ToolReturned {id, name, result, error, round}`,
    `ContextShifted {dropped_messages}` and `EngineReduced {changes}`.
    """

    operation_id: OperationId
    event: dict[str, Any]


class FunctionCall(Message, frozen=True, kw_only=True):
    """The model wants a function of yours called: answer with `function_result` and the same `callId`."""

    call_id: str
    name: str
    arguments: Annotated[Any, Meta(description="As the function's schema says.")] = None
    operation_id: OperationId = ""


class FunctionApproval(Message, frozen=True, kw_only=True):
    """The model wants a tool of an MCP server called (`source`) that is not allowed without asking.

    Answer with `function_result` and the same `callId`: the result true has it called; anything else, or `refused`, has
    the model told that it was not.
    """

    call_id: str
    name: str
    arguments: Annotated[Any, Meta(description="As the tool's schema says.")] = None
    source: str = ""
    operation_id: OperationId = ""


class Result(LastMessage, frozen=True, kw_only=True):
    """The end of a request that has no message of its own; what `value` is depends on the request."""

    value: Any = None


class Abilities(Struct, frozen=True, kw_only=True, rename="camel"):
    """What `init` answers: the protocol's version, this package's, the engine, and the request types it knows."""

    protocol_version: int
    version: str
    engine: str
    requests: tuple[str, ...]


Outgoing = (
    Info
    | ErrorMessage
    | ProgressMessage
    | CompletionChunk
    | CompletionDone
    | ModelLoaded
    | ContextCreated
    | SessionCreated
    | ModelUnloaded
    | DownloadProgress
    | DownloadComplete
    | DownloadErrorMessage
    | FileProgress
    | OperationStarted
    | OperationEvent
    | FunctionCall
    | FunctionApproval
    | Result
)
