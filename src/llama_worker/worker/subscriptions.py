"""`on(event, callback)`, with the message of each event; made by `python -m generators`, do not edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, overload

from ..messages import (
    CompletionChunk,
    CompletionDone,
    ContextCreated,
    DownloadComplete,
    DownloadErrorMessage,
    DownloadProgress,
    ErrorMessage,
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
from .emitter import Emitter

Unsubscribe = Callable[[], None]


class Subscribable:
    """What tells of its messages."""

    _emitter: Emitter

    @overload
    def on(self, event: Literal["info"], callback: Callable[[Info], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["error"], callback: Callable[[ErrorMessage], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["progress"], callback: Callable[[ProgressMessage], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["completion_chunk"], callback: Callable[[CompletionChunk], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["completion_done"], callback: Callable[[CompletionDone], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["model_loaded"], callback: Callable[[ModelLoaded], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["context_created"], callback: Callable[[ContextCreated], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["session_created"], callback: Callable[[SessionCreated], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["model_unloaded"], callback: Callable[[ModelUnloaded], object]) -> Unsubscribe: ...

    @overload
    def on(
        self, event: Literal["download_progress"], callback: Callable[[DownloadProgress], object]
    ) -> Unsubscribe: ...

    @overload
    def on(
        self, event: Literal["download_complete"], callback: Callable[[DownloadComplete], object]
    ) -> Unsubscribe: ...

    @overload
    def on(
        self, event: Literal["download_error"], callback: Callable[[DownloadErrorMessage], object]
    ) -> Unsubscribe: ...

    @overload
    def on(
        self, event: Literal["operation_started"], callback: Callable[[OperationStarted], object]
    ) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["operation_event"], callback: Callable[[OperationEvent], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["function_call"], callback: Callable[[FunctionCall], object]) -> Unsubscribe: ...

    @overload
    def on(self, event: Literal["result"], callback: Callable[[Result], object]) -> Unsubscribe: ...

    def on(self, event: str, callback: Callable[[Any], object]) -> Unsubscribe:
        """Call `callback` with each message of that name ("completion_chunk", "error", "model_unloaded"...).

        The messages are the Structs of `llama_worker.messages`, here as well as over a bridge. It hears of what begins
        after this call. A callback that raises is logged and harms nothing. Returns a function that unsubscribes.
        Raises `InvalidOptionsError` for an event that does not exist.
        """
        return self._emitter.on(event, callback)
