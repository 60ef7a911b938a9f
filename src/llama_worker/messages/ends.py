"""How requests end: the last messages of each, and of those that end with `result` the type of its `value`."""

from __future__ import annotations

from typing import Any, NamedTuple

from .base import ChatMessage, LastMessage
from .channels import (
    WorkerCreateContext,
    WorkerDownloadModel,
    WorkerInitialize,
    WorkerInitializeSession,
    WorkerLoadModel,
    WorkerPrompt,
    WorkerSendPrompt,
    WorkerUnloadModel,
)
from .replies import (
    Abilities,
    CompletionDone,
    ContextCreated,
    DownloadComplete,
    DownloadErrorMessage,
    ModelLoaded,
    ModelUnloaded,
    Result,
    SessionCreated,
)
from .requests import (
    Abort,
    AbortDownload,
    AnswerCalls,
    Chat,
    Cleanup,
    CloseSession,
    Complete,
    CompletePrompt,
    CountTokens,
    CreateContext,
    Detokenize,
    DownloadModel,
    Estimate,
    ForkSession,
    FunctionResult,
    GenerateChatCompletion,
    GenerateCompletion,
    GetChatHistory,
    GetContextWindow,
    Init,
    InitializeSession,
    ListModels,
    LoadModel,
    LoadSession,
    Pause,
    Preload,
    PromptRequest,
    Request,
    ResetChatHistory,
    Resume,
    SaveSession,
    SendPrompt,
    SetChatHistory,
    Tokenize,
    UnloadModel,
)
from .values import LoadedModel, MemoryEstimate


class End(NamedTuple):
    """`messages`: what a request may end with, beside `error`. `value`: the type of a `Result`'s value."""

    messages: tuple[type[LastMessage], ...]
    value: Any = None


def _value(kind: Any) -> End:
    return End((Result,), kind)


_DONE = _value(None)
_GENERATED = End((CompletionDone,))
_BEGUN = End((SessionCreated,))

# The seeds' channels that are other names for a request.
CHANNELS: dict[type[Request], type[Request]] = {
    WorkerLoadModel: LoadModel,
    WorkerCreateContext: CreateContext,
    WorkerInitializeSession: InitializeSession,
    WorkerPrompt: PromptRequest,
    WorkerUnloadModel: UnloadModel,
    WorkerDownloadModel: DownloadModel,
    WorkerSendPrompt: SendPrompt,
}
ENDS: dict[type[Request], End] = {
    Init: _value(Abilities),
    LoadModel: End((ModelLoaded,)),
    CreateContext: End((ContextCreated,)),
    InitializeSession: _BEGUN,
    GenerateCompletion: _GENERATED,
    GenerateChatCompletion: _GENERATED,
    PromptRequest: _GENERATED,
    SendPrompt: _GENERATED,
    AnswerCalls: _GENERATED,
    CompletePrompt: _GENERATED,
    Preload: _GENERATED,
    Complete: _GENERATED,
    Chat: _GENERATED,
    Abort: _value(bool),
    Pause: _value(bool),
    Resume: _value(bool),
    FunctionResult: _DONE,
    DownloadModel: End((DownloadComplete, DownloadErrorMessage)),
    AbortDownload: _value(bool),
    UnloadModel: End((ModelUnloaded,)),
    GetChatHistory: _value(list[ChatMessage]),
    GetContextWindow: _value(list[ChatMessage]),
    SetChatHistory: _DONE,
    ResetChatHistory: _DONE,
    ForkSession: _BEGUN,
    CloseSession: _DONE,
    SaveSession: _DONE,
    LoadSession: _BEGUN,
    CountTokens: _value(int),
    Tokenize: _value(list[int]),
    Detokenize: _value(str),
    Estimate: _value(MemoryEstimate),
    ListModels: _value(list[LoadedModel]),
    Cleanup: _DONE,
    WorkerInitialize: End((Result, ModelLoaded), Abilities),
}
ENDS |= {channel: ENDS[request] for channel, request in CHANNELS.items()}
