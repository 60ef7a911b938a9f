"""What goes into a worker."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from ..options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions
from .base import (
    ChatMessage,
    ChosenSession,
    Id,
    Message,
    ModelPath,
    ModelRef,
    Name,
    OperationRef,
    RequestRef,
    SessionRef,
)


class Request(Message, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all messages to a worker."""


class FunctionSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A function that the model may call. `params` is the JSON schema of an object.

    `handled`: true asks for its result with `function_call` while the answer is made; false ends the answer with the
    call, and `answer_calls` goes on.
    """

    description: str = ""
    params: dict[str, Any] | None = None
    handled: bool = True


class Asking(Request, frozen=True, kw_only=True):
    """Base of the requests whose answer may call functions."""

    options: PromptOptions | None = None
    functions: Annotated[dict[Name, FunctionSpec], Meta(description="What the model may call, by name.")] | None = None


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


class GenerateCompletion(Asking, frozen=True, kw_only=True):
    """Ask in the current session, which is created now when there is none."""

    prompt: str


class GenerateChatCompletion(Asking, frozen=True, kw_only=True):
    """Make `messages` the current session's history and answer the last one, which must be the user's."""

    messages: list[ChatMessage]


class PromptRequest(Asking, frozen=True, kw_only=True, tag="prompt"):
    """Ask in a session and stream the answer."""

    prompt: str
    session: SessionRef | None = None


class SendPrompt(Asking, frozen=True, kw_only=True):
    """As `prompt`, but told at once which operation it is (`operation_started`)."""

    prompt: str
    session: SessionRef | None = None


class AnswerCalls(Asking, frozen=True, kw_only=True):
    """Go on after an answer whose `finishReason` is `tool_calls`."""

    results: Annotated[dict[str, Any], Meta(description="What each call gave: `{call id: result}`.")]
    session: SessionRef | None = None


class CompletePrompt(Request, frozen=True, kw_only=True):
    """How the user might go on with a prompt that begins so; leaves no trace in the conversation."""

    prompt: str
    options: PromptOptions | None = None
    session: SessionRef | None = None


class Preload(Request, frozen=True, kw_only=True):
    """Read a conversation and the beginning of a prompt before it is asked, so that its answer comes sooner."""

    prompt: str = ""
    options: PromptOptions | None = None
    session: SessionRef | None = None


class Complete(Request, frozen=True, kw_only=True):
    """Continue a text as it stands, without a chat template and without remembering it."""

    prompt: str
    options: PromptOptions | None = None
    model: ModelRef | None = None


class Chat(Asking, frozen=True, kw_only=True):
    """Answer a list of messages without remembering it."""

    messages: list[ChatMessage]
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
    """What the function returned that a `function_call` asked for.

    Or the `error` it failed with, to which `onFunctionError` applies; or the reason why it was `refused`, which the
    model is told.
    """

    call_id: Name
    result: Any = None
    error: str | None = None
    refused: str | None = None


class DownloadModel(Request, frozen=True, kw_only=True):
    """Fetch a model into the local store; an interrupted download goes on where it stopped."""

    model_id: ModelPath
    request_id: Annotated[Id, Meta(description="Comes back in every message about this download.")] | None = None
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$", description="What the bytes must be.")] | None = None
    size: Annotated[int, Meta(ge=0, description="How many bytes there must be.")] | None = None


class AbortDownload(Request, frozen=True, kw_only=True):
    """Abort a download; without `requestId` the one that was asked for last. What was fetched is kept."""

    request_id: RequestRef | None = None


class Estimate(Request, frozen=True, kw_only=True):
    """The memory that loading a model with these options would need; nothing is loaded."""

    model_path: ModelPath
    options: ModelOptions | None = None


class UnloadModel(Request, frozen=True, kw_only=True):
    """End a model's engine; its memory is free when this is answered."""

    model_path: Annotated[Name, Meta(description="A loaded model. Default: the current one.")] | None = None


class GetChatHistory(Request, frozen=True, kw_only=True):
    """The messages of a session."""

    session: SessionRef | None = None


class GetContextWindow(Request, frozen=True, kw_only=True):
    """The messages of a session that the model sees: the history, less what did not fit."""

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


class SaveSession(Request, frozen=True, kw_only=True):
    """Write a conversation to a file on the worker's machine. Refused where the worker is shared."""

    path: Name
    include_state: Annotated[bool, Meta(description="Also what the engine has computed of it.")] = False
    session: SessionRef | None = None


class LoadSession(Request, frozen=True, kw_only=True):
    """A conversation out of such a file. Refused where the worker is shared."""

    path: Name
    any_model: Annotated[bool, Meta(description="Take a conversation with another model.")] = False
    model: ModelRef | None = None
    session_id: ChosenSession | None = None


class CountTokens(Request, frozen=True, kw_only=True):
    """Tokens of a text or of messages for a model; without either, of a session as the model sees it now."""

    prompt: str | None = None
    messages: list[ChatMessage] | None = None
    model: ModelRef | None = None
    session: SessionRef | None = None


class Tokenize(Request, frozen=True, kw_only=True):
    """The token ids of a text."""

    prompt: str
    add_special: Annotated[bool, Meta(description="With those that the model wants at a beginning.")] = False
    parse_special: Annotated[bool, Meta(description="Read names such as `<|im_end|>` as special tokens.")] = False
    model: ModelRef | None = None


class Detokenize(Request, frozen=True, kw_only=True):
    """The text of token ids."""

    tokens: list[Annotated[int, Meta(ge=0, le=2**31 - 1)]]
    model: ModelRef | None = None


class ListModels(Request, frozen=True, kw_only=True):
    """The loaded models."""


class Cleanup(Request, frozen=True, kw_only=True):
    """Abort everything, end every engine, free everything. `init` begins anew."""
