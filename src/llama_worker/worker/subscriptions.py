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
    FileProgress,
    FunctionApproval,
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


class Subscribable:
    """What tells of its messages."""

    _emitter: Emitter

    @overload
    def on(self, event: Literal["info"], callback: Callable[[Info], object]) -> Callable[[], None]: ...

    @overload
    def on(self, event: Literal["error"], callback: Callable[[ErrorMessage], object]) -> Callable[[], None]: ...

    @overload
    def on(self, event: Literal["progress"], callback: Callable[[ProgressMessage], object]) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["completion_chunk"], callback: Callable[[CompletionChunk], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["completion_done"], callback: Callable[[CompletionDone], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(self, event: Literal["model_loaded"], callback: Callable[[ModelLoaded], object]) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["context_created"], callback: Callable[[ContextCreated], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["session_created"], callback: Callable[[SessionCreated], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["model_unloaded"], callback: Callable[[ModelUnloaded], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["download_progress"], callback: Callable[[DownloadProgress], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["download_complete"], callback: Callable[[DownloadComplete], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["download_error"], callback: Callable[[DownloadErrorMessage], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(self, event: Literal["file_progress"], callback: Callable[[FileProgress], object]) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["operation_started"], callback: Callable[[OperationStarted], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["operation_event"], callback: Callable[[OperationEvent], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(self, event: Literal["function_call"], callback: Callable[[FunctionCall], object]) -> Callable[[], None]: ...

    @overload
    def on(
        self, event: Literal["function_approval"], callback: Callable[[FunctionApproval], object]
    ) -> Callable[[], None]: ...

    @overload
    def on(self, event: Literal["result"], callback: Callable[[Result], object]) -> Callable[[], None]: ...

    def on(self, event: str, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback` with each message of that name ("completion_chunk", "error", "model_unloaded"...).

        The messages are the Structs of `llama_worker.messages`, here as well as over a bridge. It hears of what begins
        after this call. A callback that raises is logged and harms nothing. Returns a function that unsubscribes.
        Raises `InvalidOptionsError` for an event that does not exist.
        """
        return self._emitter.on(event, callback)
