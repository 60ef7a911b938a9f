"""The protocol: every message that goes into a worker and every message that comes out, one Struct each.

On the wire a message is a JSON object whose `type` names it and whose fields are camelCase. Decoding is validating:
an unknown field, a wrong type or a number out of range never gets as far as a worker. `docs/protocol.md` is made from
this package.
"""

from __future__ import annotations

from .base import PROTOCOL_VERSION, ChatMessage, HubFile, Id, LastMessage, Message, ModelPath, Role
from .channels import (
    InitializePayload,
    LoadModelPayload,
    PromptPayload,
    UnloadModelPayload,
    WorkerCreateContext,
    WorkerDownloadModel,
    WorkerInitialize,
    WorkerInitializeSession,
    WorkerLoadModel,
    WorkerPrompt,
    WorkerSendPrompt,
    WorkerUnloadModel,
)
from .ends import CHANNELS, ENDS, End
from .replies import (
    Abilities,
    CompletionChunk,
    CompletionDone,
    ContextCreated,
    DownloadComplete,
    DownloadErrorMessage,
    DownloadProgress,
    ErrorMessage,
    Failure,
    FunctionCall,
    Info,
    ModelLoaded,
    ModelUnloaded,
    OperationEvent,
    OperationStarted,
    ProgressMessage,
    Result,
    SessionCreated,
)
from .requests import (
    Abort,
    AbortDownload,
    AnswerCalls,
    Asking,
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
    FunctionSpec,
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
from .values import FinishReason, LoadedModel, MemoryEstimate, ModelInfo, Timings, TokenLogprob, ToolCall, Usage

Incoming = (
    Init
    | LoadModel
    | CreateContext
    | InitializeSession
    | GenerateCompletion
    | GenerateChatCompletion
    | PromptRequest
    | SendPrompt
    | AnswerCalls
    | CompletePrompt
    | Preload
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
    | GetContextWindow
    | SetChatHistory
    | ResetChatHistory
    | ForkSession
    | CloseSession
    | SaveSession
    | LoadSession
    | CountTokens
    | Tokenize
    | Detokenize
    | Estimate
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
    | OperationEvent
    | FunctionCall
    | Result
)

__all__ = [
    "CHANNELS",
    "ENDS",
    "PROTOCOL_VERSION",
    "Abilities",
    "Abort",
    "AbortDownload",
    "AnswerCalls",
    "Asking",
    "Chat",
    "ChatMessage",
    "Cleanup",
    "CloseSession",
    "Complete",
    "CompletePrompt",
    "CompletionChunk",
    "CompletionDone",
    "ContextCreated",
    "CountTokens",
    "CreateContext",
    "Detokenize",
    "DownloadComplete",
    "DownloadErrorMessage",
    "DownloadModel",
    "DownloadProgress",
    "End",
    "ErrorMessage",
    "Estimate",
    "Failure",
    "FinishReason",
    "ForkSession",
    "FunctionCall",
    "FunctionResult",
    "FunctionSpec",
    "GenerateChatCompletion",
    "GenerateCompletion",
    "GetChatHistory",
    "GetContextWindow",
    "HubFile",
    "Id",
    "Incoming",
    "Info",
    "Init",
    "InitializePayload",
    "InitializeSession",
    "LastMessage",
    "ListModels",
    "LoadModel",
    "LoadModelPayload",
    "LoadSession",
    "LoadedModel",
    "MemoryEstimate",
    "Message",
    "ModelInfo",
    "ModelLoaded",
    "ModelPath",
    "ModelUnloaded",
    "OperationEvent",
    "OperationStarted",
    "Outgoing",
    "Pause",
    "Preload",
    "ProgressMessage",
    "PromptPayload",
    "PromptRequest",
    "Request",
    "ResetChatHistory",
    "Result",
    "Resume",
    "Role",
    "SaveSession",
    "SendPrompt",
    "SessionCreated",
    "SetChatHistory",
    "Timings",
    "TokenLogprob",
    "Tokenize",
    "ToolCall",
    "UnloadModel",
    "UnloadModelPayload",
    "Usage",
    "WorkerCreateContext",
    "WorkerDownloadModel",
    "WorkerInitialize",
    "WorkerInitializeSession",
    "WorkerLoadModel",
    "WorkerPrompt",
    "WorkerSendPrompt",
    "WorkerUnloadModel",
]
