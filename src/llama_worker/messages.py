"""The protocol: every message that goes into a worker and every message that comes out, one Struct each.

On the wire a message is a JSON object whose `type` names it and whose fields are camelCase. Decoding is validating:
an unknown field, a wrong type or a number out of range never gets as far as a worker. `docs/protocol.md` is made from
this file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct, defstruct
from msgspec.structs import fields

from .options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions

PROTOCOL_VERSION = 1
"""Grows when a program written for the version before would no longer be understood."""

Id = Annotated[str, Meta(min_length=1, max_length=256)] | Annotated[int, Meta(ge=-(2**53), le=2**53)]
Name = Annotated[str, Meta(min_length=1, max_length=4096)]
RequestId = Annotated[Id, Meta(description="Chosen by the sender; comes back in every message that answers this one.")]
ModelRef = Annotated[
    Name, Meta(description="A loaded model's `modelId`, name or path. Default: the one that came last on this port.")
]
SessionRef = Annotated[Name, Meta(description="A `sessionId`. Default: the session that came last on this port.")]
OperationRef = Annotated[Name, Meta(description="An `operationId`, as chunks and `operation_started` carry it.")]
RequestRef = Annotated[Id, Meta(description="The `id` (of a download also the `requestId`) of an earlier request.")]
ChosenSession = Annotated[Name, Meta(description="An id for the new session. Default: the worker makes one up.")]
ChatMessage = Annotated[
    dict[str, Any],
    Meta(
        description="`{role, content}`, role one of system, user, assistant, tool; the fields of tool calls as usual.",
        extra_json_schema={"required": ["role"]},
    ),
]


def _wire_name(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Message")).lower()


class HubFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file of a Hugging Face repository; without `file` the repository's usual quantization."""

    repo: Name
    file: Name | None = None
    revision: Name | None = None


ModelPath = Annotated[
    Name | HubFile, Meta(description='`"builtin"`, a file, `hf:org/repo[:quant]`, a URL, or `{repo, file}`.')
]


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", tag_field="type", tag=_wire_name):
    """Base of all messages."""

    id: RequestId | None = None


# --- In ---------------------------------------------------------------------------------------------------------


class Request(Message, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all messages to a worker."""


class Init(Request, frozen=True, kw_only=True):
    """Choose the engine and tell what it can do. Optional: whatever needs an engine does it."""

    options: LlamaOptions | None = None


class LoadModel(Request, frozen=True, kw_only=True):
    """Start an engine with a model, which becomes this port's current one."""

    model_path: ModelPath
    options: ModelOptions | None = None


class CreateContext(Request, frozen=True, kw_only=True):
    """Set how much the model keeps in mind; for the current model this also drops the current session."""

    options: ContextOptions | None = None
    model: ModelRef | None = None


class InitializeSession(Request, frozen=True, kw_only=True):
    """Begin a conversation. Without `model` it becomes this port's current one and needs a context."""

    options: SessionOptions | None = None
    model: ModelRef | None = None
    session_id: ChosenSession | None = None


class GenerateCompletion(Request, frozen=True, kw_only=True):
    """Ask in the current session, which is created now when there is none."""

    prompt: str
    options: PromptOptions | None = None


class GenerateChatCompletion(Request, frozen=True, kw_only=True):
    """Make `messages` the current session's history and answer the last one, which must be the user's."""

    messages: list[ChatMessage]
    options: PromptOptions | None = None


class PromptRequest(Request, frozen=True, kw_only=True, tag="prompt"):
    """Ask in a session and stream the answer."""

    prompt: str
    options: PromptOptions | None = None
    session: SessionRef | None = None


class SendPrompt(Request, frozen=True, kw_only=True):
    """As `prompt`, but told at once which operation it is (`operation_started`)."""

    prompt: str
    options: PromptOptions | None = None
    session: SessionRef | None = None


class Complete(Request, frozen=True, kw_only=True):
    """Continue a text as it stands, without a chat template and without remembering it."""

    prompt: str
    options: PromptOptions | None = None
    model: ModelRef | None = None


class Chat(Request, frozen=True, kw_only=True):
    """Answer a list of messages without remembering it."""

    messages: list[ChatMessage]
    options: PromptOptions | None = None
    model: ModelRef | None = None


class Abort(Request, frozen=True, kw_only=True):
    """Abort an operation; without a name the generation that was asked for last. Harmless when there is none."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


class Pause(Request, frozen=True, kw_only=True):
    """Hold a generation; without a name the one that was asked for last."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


class Resume(Request, frozen=True, kw_only=True):
    """Go on with a paused generation; without a name the one that was asked for last."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


class FunctionResult(Request, frozen=True, kw_only=True):
    """What the function returned that a `function_call` asked for, or the `error` it failed with."""

    call_id: Name
    result: Any = None
    error: str | None = None


class DownloadModel(Request, frozen=True, kw_only=True):
    """Fetch a model into the local store; an interrupted download goes on where it stopped."""

    model_id: ModelPath
    request_id: Annotated[Id, Meta(description="Comes back in every message about this download.")] | None = None
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$", description="What the bytes must be.")] | None = None


class AbortDownload(Request, frozen=True, kw_only=True):
    """Abort a download; without `requestId` the one that was asked for last. What was fetched is kept."""

    request_id: RequestRef | None = None


class UnloadModel(Request, frozen=True, kw_only=True):
    """End a model's engine; its memory is free when this is answered."""

    model_path: Annotated[Name, Meta(description="A loaded model. Default: the current one.")] | None = None


class GetChatHistory(Request, frozen=True, kw_only=True):
    """The messages of a session."""

    session: SessionRef | None = None


class SetChatHistory(Request, frozen=True, kw_only=True):
    """Replace the messages of a session."""

    messages: list[ChatMessage]
    session: SessionRef | None = None


class ResetChatHistory(Request, frozen=True, kw_only=True):
    """Forget the messages of a session but its system prompt."""

    session: SessionRef | None = None


class ForkSession(Request, frozen=True, kw_only=True):
    """A second conversation that goes on from where a session is now; the current session stays what it is."""

    session: SessionRef | None = None
    session_id: ChosenSession | None = None


class CloseSession(Request, frozen=True, kw_only=True):
    """Forget a session altogether."""

    session: SessionRef | None = None


class ListModels(Request, frozen=True, kw_only=True):
    """The loaded models."""


class Cleanup(Request, frozen=True, kw_only=True):
    """Abort everything, end every engine, free everything. `init` begins anew."""


# --- In: the seeds' channels ------------------------------------------------------------------------------------


if TYPE_CHECKING:

    class InitializePayload(ModelOptions, frozen=True, kw_only=True):
        model_path: ModelPath | None = None

else:  # Structs of two bases cannot be written down, only made
    InitializePayload = defstruct(
        "InitializePayload",
        [(field.name, field.type, field.default) for field in fields(LlamaOptions)]
        + [("model_path", ModelPath | None, None)],
        bases=(ModelOptions,),
        namespace={
            "__doc__": "`LlamaOptions`; with a `modelPath` also `ModelOptions`, and that model is loaded at once."
        },
        module=__name__,
        frozen=True,
        kw_only=True,
    )


class LoadModelPayload(ModelOptions, frozen=True, kw_only=True):
    """`ModelOptions` and which model."""

    model_path: ModelPath


class PromptPayload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The question and how to answer it."""

    prompt: str
    options: PromptOptions | None = None
    session: SessionRef | None = None


class UnloadModelPayload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which model. Default: the current one."""

    model_path: Name | None = None


class WorkerInitialize(Request, frozen=True, kw_only=True, tag="worker:initialize"):
    """As `init`; with `modelPath` in its payload it loads that model too."""

    payload: InitializePayload = InitializePayload()


class WorkerLoadModel(Request, frozen=True, kw_only=True, tag="worker:loadModel"):
    """As `load_model`."""

    payload: LoadModelPayload


class WorkerCreateContext(Request, frozen=True, kw_only=True, tag="worker:createContext"):
    """As `create_context`."""

    payload: ContextOptions = ContextOptions()


class WorkerInitializeSession(Request, frozen=True, kw_only=True, tag="worker:initializeSession"):
    """As `initialize_session`."""

    payload: SessionOptions = SessionOptions()


class WorkerPrompt(Request, frozen=True, kw_only=True, tag="worker:prompt"):
    """As `prompt`."""

    payload: PromptPayload


class WorkerUnloadModel(Request, frozen=True, kw_only=True, tag="worker:unloadModel"):
    """As `unload_model`."""

    payload: UnloadModelPayload = UnloadModelPayload()


class WorkerDownloadModel(Request, frozen=True, kw_only=True, tag="worker:downloadModel"):
    """As `download_model`; the request's `id` is its `requestId`."""

    payload: HubFile


class WorkerSendPrompt(Request, frozen=True, kw_only=True, tag="worker:sendPrompt"):
    """As `send_prompt`."""

    payload: PromptPayload


# --- Out --------------------------------------------------------------------------------------------------------

FinishReason = Literal["stop", "length", "stop_sequence", "abort", "tool_calls"]
OperationId = Annotated[str, Meta(description="Which operation this is about.")]
Fraction = Annotated[float, Meta(ge=0.0, le=1.0, description="From 0 to 1; it never falls.")]
Details = Annotated[dict[str, Any], Meta(description="The facts beside the message; which ones depends on the code.")]
ErrorText = Annotated[str, Meta(description="The same text as `message`.")]


class Stats(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tokens as the engine counted them; `cachedTokens` of the prompt's were not computed again."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0


class Speed(Struct, frozen=True, kw_only=True, rename="camel"):
    """Seconds spent on the prompt and on the answer, and tokens per second of the answer."""

    prompt_seconds: float = 0.0
    completion_seconds: float = 0.0
    tokens_per_second: float = 0.0


class Call(Struct, frozen=True, kw_only=True):
    """A function that the model wants called; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class LoadedModel(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A loaded model: `size` in bytes, `parameters` its weights, sizes of contexts and vocabulary in tokens.

    `pid` is its engine's process id, absent while it is not running.
    """

    name: str
    size: int
    parameters: int
    path: str = ""
    context_size: int = 0
    trained_context_size: int = 0
    vocabulary_size: int = 0
    sequences: int = 0
    batch_size: int = 0
    pid: int | None = None


class Info(Message, frozen=True, kw_only=True):
    """What is happening, in words, for people and logs. Programs need none of them."""

    message: str


class ErrorMessage(Message, frozen=True, kw_only=True):
    """The end of a request that failed, or (without `id`) what could not even be read as one."""

    code: str
    message: str
    error: ErrorText
    path: Annotated[str, Meta(description="The field that is wrong, as in `options.maxTokens`.")] | None = None
    details: Details = {}


class ProgressMessage(Message, frozen=True, kw_only=True):
    """How far a load, a download or the reading of a prompt is."""

    progress_type: Literal["load", "download", "inference"]
    progress: Fraction
    stage: Annotated[str, Meta(description="The part it is in, if it has parts.")] = ""
    operation_id: OperationId = ""


class CompletionChunk(Message, frozen=True, kw_only=True):
    """The next piece of an answer, or of the reasoning before it (then `chunk` is empty)."""

    chunk: str
    reasoning: str = ""
    operation_id: OperationId = ""


class CompletionDone(Message, frozen=True, kw_only=True):
    """The end of a generation, also of one that was aborted: then `fullText` is as far as it came."""

    full_text: str
    finish_reason: FinishReason
    stats: Stats
    timings: Speed = Speed()
    operation_id: OperationId = ""
    reasoning: str = ""
    tool_calls: tuple[Call, ...] = ()
    parsed: Annotated[Any, Meta(description="The value, where `options.responseFormat` asked for one.")] = None
    stop_sequence: Annotated[str, Meta(description="Which of the stop sequences ended it.")] | None = None
    logprobs: Annotated[list[dict[str, Any]], Meta(description="`{id, text, logprob, top}` of each token.")] = []
    dropped_messages: Annotated[int, Meta(description="Oldest messages that did not fit any more.")] = 0


class ModelLoaded(Message, frozen=True, kw_only=True):
    """The end of a load that succeeded."""

    model_id: Annotated[str, Meta(description="Names this model in `model`.")]
    model_info: LoadedModel


class ContextCreated(Message, frozen=True, kw_only=True):
    """The context is there: tokens for each sequence, sequences computed at once, prompt tokens computed at a time."""

    model_id: str
    context_size: int
    sequences: int
    batch_size: int


class SessionCreated(Message, frozen=True, kw_only=True):
    """The conversation can begin."""

    session_id: Annotated[str, Meta(description="Names this session in `session`.")]
    model_id: str


class ModelUnloaded(Message, frozen=True, kw_only=True):
    """The engine has ended and its memory is free."""

    model_id: str
    model_path: str


class DownloadProgress(Message, frozen=True, kw_only=True):
    """How far a download is; sizes in bytes, speed in bytes per second, each left out while it is not known."""

    request_id: Id | None = None
    progress: Fraction
    downloaded_bytes: int | None = None
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    operation_id: OperationId = ""


class DownloadComplete(Message, frozen=True, kw_only=True):
    """The file is there, whole and checked."""

    request_id: Id | None = None
    file_path: str
    operation_id: OperationId = ""


class DownloadErrorMessage(Message, frozen=True, kw_only=True, tag="download_error"):
    """The end of a download that failed, or was aborted (code `aborted`)."""

    request_id: Id | None = None
    error: ErrorText
    code: str
    message: str
    details: Details = {}


class OperationStarted(Message, frozen=True, kw_only=True):
    """The answer to `send_prompt` that comes at once; chunks and `completion_done` follow with the same ids."""

    operation_id: OperationId


class FunctionCall(Message, frozen=True, kw_only=True):
    """The model wants a function of yours called: answer with `function_result` and the same `callId`."""

    call_id: str
    name: str
    arguments: Annotated[Any, Meta(description="As the function's schema says.")] = None
    operation_id: OperationId = ""


class Result(Message, frozen=True, kw_only=True):
    """The end of a request that has no message of its own; what `value` is depends on the request."""

    value: Any = None


class Abilities(Struct, frozen=True, kw_only=True, rename="camel"):
    """What `init` answers: the protocol's version, this package's, the engine, and the request types it knows."""

    protocol_version: int
    version: str
    engine: str
    requests: tuple[str, ...]


Incoming = (
    Init
    | LoadModel
    | CreateContext
    | InitializeSession
    | GenerateCompletion
    | GenerateChatCompletion
    | PromptRequest
    | SendPrompt
    | Complete
    | Chat
    | Abort
    | Pause
    | Resume
    | FunctionResult
    | DownloadModel
    | AbortDownload
    | UnloadModel
    | GetChatHistory
    | SetChatHistory
    | ResetChatHistory
    | ForkSession
    | CloseSession
    | ListModels
    | Cleanup
    | WorkerInitialize
    | WorkerLoadModel
    | WorkerCreateContext
    | WorkerInitializeSession
    | WorkerPrompt
    | WorkerUnloadModel
    | WorkerDownloadModel
    | WorkerSendPrompt
)

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
    | OperationStarted
    | FunctionCall
    | Result
)
