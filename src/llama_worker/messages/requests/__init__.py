"""What goes into a worker: a file for each that answers it in `ports/server/handlers`."""

from __future__ import annotations

from .base import Asking, FunctionSpec, Request
from .control import Abort, AbortDownload, Cleanup, Pause, Resume
from .functions import FunctionResult
from .generation import (
    AnswerCalls,
    Chat,
    Complete,
    CompletePrompt,
    GenerateChatCompletion,
    GenerateCompletion,
    Preload,
    PromptRequest,
    SendPrompt,
)
from .models import DownloadModel, Estimate, ListModels, LoadModel, UnloadModel
from .sessions import (
    CloseSession,
    ForkSession,
    GetChatHistory,
    GetContextWindow,
    LoadSession,
    ResetChatHistory,
    SaveSession,
    SetChatHistory,
)
from .setup import CreateContext, Init, InitializeSession
from .tokens import CountTokens, Detokenize, Tokenize

__all__ = [
    "Abort",
    "AbortDownload",
    "AnswerCalls",
    "Asking",
    "Chat",
    "Cleanup",
    "CloseSession",
    "Complete",
    "CompletePrompt",
    "CountTokens",
    "CreateContext",
    "Detokenize",
    "DownloadModel",
    "Estimate",
    "ForkSession",
    "FunctionResult",
    "FunctionSpec",
    "GenerateChatCompletion",
    "GenerateCompletion",
    "GetChatHistory",
    "GetContextWindow",
    "Init",
    "InitializeSession",
    "ListModels",
    "LoadModel",
    "LoadSession",
    "Pause",
    "Preload",
    "PromptRequest",
    "Request",
    "ResetChatHistory",
    "Resume",
    "SaveSession",
    "SendPrompt",
    "SetChatHistory",
    "Tokenize",
    "UnloadModel",
]
