"""LlamaWorker without async."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from ..errors import WorkerClosedError
from ..messages import MemoryEstimate
from ..messages.events import Downloading, Progress
from ..messages.mcp import McpServerInfo
from ..messages.session_info import SessionInfo
from ..messages.values import LoadedModel
from ..options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions
from ..options.keywords import ContextKeywords, LlamaKeywords, ModelKeywords
from ..options.signatures import lists_options
from ..worker import worker as asynchronous_worker
from ..worker.chat.session_keywords import SessionKeywords
from ..worker.generation.prompt_arguments import PromptArguments
from ..worker.generation.prompt_keywords import PromptKeywords
from ..worker.media.values import Content
from ..worker.reply import Parsed
from ..worker.subscriptions import Subscribable
from .filework.methods import WorksOnFiles
from .finding import FindsModels
from .handles import ChatSession, Context, Model, outcome
from .loop import LoopThread
from .operation import Operation
from .stored import ManagesModels
from .watching import finish


@lists_options
class LlamaWorker(Subscribable, ManagesModels, FindsModels, WorksOnFiles):
    """As `llama_worker.LlamaWorker`. What generates gives an `Operation`; everything else returns when it is done.

    `on_progress` of a load or a download is called with each event, in the worker's thread, as are callbacks of `on`.
    """

    def __init__(self, options: LlamaOptions | None = None, /, **changes: Unpack[LlamaKeywords]) -> None:
        self._worker = asynchronous_worker.LlamaWorker(options, **changes)
        self._emitter = self._worker._emitter
        self._running: LoopThread | None = None

    def __enter__(self) -> Self:
        self.initialize()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.cleanup()

    def __repr__(self) -> str:
        return repr(self._worker)

    @property
    def closed(self) -> bool:
        return self._worker.closed

    @property
    def inside(self) -> tuple[LoopThread, asynchronous_worker.LlamaWorker]:
        """For other parts of this package: the worker that this one asks, and the thread in which it lives."""
        return self._loop, self._worker

    @property
    def engine_name(self) -> str:
        return self._worker.engine_name

    @property
    def session(self) -> ChatSession:
        return ChatSession(self._loop, self._worker.session)

    @property
    def models(self) -> tuple[Model, ...]:
        return tuple(Model(self._loop, model) for model in self._worker.models)

    def find_model(self, name: str | os.PathLike[str] | None = None) -> Model:
        return Model(self._loop, self._loop.call(self._worker.find_model, name))

    def initialize(self, options: LlamaOptions | None = None, /, **changes: Unpack[LlamaKeywords]) -> None:
        if self._running is None:
            self._running = LoopThread()
        self._loop.run(self._worker.initialize(options, **changes))

    def load_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        *,
        on_progress: Callable[[Progress], object] | None = None,
        **changes: Unpack[ModelKeywords],
    ) -> Model:
        loading = self._loop.call(self._worker.load_model, model_path, options, **changes)
        return Model(self._loop, finish(self._loop, loading, on_progress))

    def download_model(
        self,
        name: str | os.PathLike[str] | Mapping[str, Any],
        /,
        *,
        sha256: str | None = None,
        size: int | None = None,
        on_progress: Callable[[Downloading], object] | None = None,
    ) -> Path:
        download = self._loop.call(self._worker.download_model, name, sha256=sha256, size=size)
        return finish(self._loop, download, on_progress)

    def estimate(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Unpack[ModelKeywords],
    ) -> MemoryEstimate:
        return self._loop.run(self._worker.estimate(model_path, options, **changes))

    def create_context(self, options: ContextOptions | None = None, /, **changes: Unpack[ContextKeywords]) -> Context:
        creation = self._loop.call(self._worker.create_context, options, **changes)
        return Context(self._loop, self._loop.run(outcome(creation)))

    def initialize_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> ChatSession:
        creation = self._loop.call(self._worker.initialize_session, options, **changes)
        return ChatSession(self._loop, self._loop.run(outcome(creation)))

    def prompt(
        self,
        prompt: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Parsed]:
        return Operation(self._loop, self._loop.call(self._worker.prompt, prompt, options, **changes))

    def send_prompt(
        self,
        prompt: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords],
    ) -> str:
        return self._loop.call(self._worker.send_prompt, prompt, options, **changes)

    def generate_completion(
        self,
        prompt: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Parsed]:
        return Operation(self._loop, self._loop.call(self._worker.generate_completion, prompt, options, **changes))

    def generate_chat_completion(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Parsed]:
        operation = self._loop.call(self._worker.generate_chat_completion, messages, options, **changes)
        return Operation(self._loop, operation)

    def list_models(self) -> list[LoadedModel]:
        return self._loop.run(self._worker.list_models())

    def list_mcp_servers(self) -> list[McpServerInfo]:
        return self._loop.run(self._worker.list_mcp_servers())

    def list_sessions(self) -> list[SessionInfo]:
        return self._loop.run(self._worker.list_sessions())

    def remove_session(self, session_id: str) -> None:
        self._loop.run(self._worker.remove_session(session_id))

    def unload_model(self, model_path: str | os.PathLike[str] | None = None) -> None:
        self._loop.run(self._worker.unload_model(model_path))

    def operation(self, operation_id: str) -> Operation[Any] | None:
        running = self._loop.call(self._worker.operation, operation_id)
        return Operation(self._loop, running) if running is not None else None

    def abort(self, operation_id: str | None = None) -> bool:
        return self._loop.call(self._worker.abort, operation_id)

    def abort_download(self, operation_id: str | None = None) -> bool:
        return self._loop.call(self._worker.abort_download, operation_id)

    def cleanup(self) -> None:
        """Also ends the worker's thread; `initialize()` begins anew. Does nothing in a forked child."""
        running, self._running = self._running, None
        if running is not None and running.here:
            running.run(self._worker.cleanup())
            running.stop()

    @property
    def _loop(self) -> LoopThread:
        if self._running is None:
            if self._worker.closed:
                raise WorkerClosedError
            self._running = LoopThread()
        return self._running
