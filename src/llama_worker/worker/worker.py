"""LlamaWorker: what a program holds on to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from ..engine.command import EngineKind, choose_engine
from ..engine.endpoint import sweep_abandoned_directories
from ..engine.supervisor import EngineSupervisor
from ..errors import (
    ContextNotCreatedError,
    InvalidOptionsError,
    ModelNotLoadedError,
    SessionNotLoadedError,
    WorkerClosedError,
)
from ..models.files import ModelFiles, resolve_local
from ..models.inspect import GgufHeader, read_model
from ..options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions, build_options
from .context import Context
from .events import Event, Progress
from .history import check_messages
from .model import Model
from .operation import Operation
from .reply import Reply
from .session import ChatSession
from .settings import engine_settings

GENERATING = frozenset({"prompt", "completion", "chat"})


class LlamaWorker:
    """Loads models into engine processes, talks to them and cleans up after them.

    Use it as `async with LlamaWorker() as worker`, or call `cleanup()` yourself. Keyword arguments are the fields of
    `LlamaOptions`. Two ways of use, which mix freely: the handles that `load_model` and `create_session` give, or
    the methods of this class, which work on the model, context and session that came last.
    """

    def __init__(self, options: LlamaOptions | None = None, /, **changes: Any) -> None:
        self._options = build_options(LlamaOptions, options, changes)
        self._kind: EngineKind | None = None
        self._closed = False
        self._operations: dict[str, Operation[Any, Any]] = {}
        self._models: dict[str, Model] = {}
        self._model: Model | None = None
        self._context: Context | None = None
        self._session: ChatSession | None = None

    async def __aenter__(self) -> Self:
        await self.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.cleanup()

    @property
    def models(self) -> tuple[Model, ...]:
        """The loaded models, oldest first."""
        return tuple(self._models.values())

    async def initialize(self, options: LlamaOptions | None = None, /, **changes: Any) -> None:
        """Choose the engine and check that it is there. Optional: whatever needs it does it.

        Changes the worker's options for models loaded from now on, and reopens a worker after `cleanup()`.
        Raises `InvalidOptionsError` or `EngineNotFoundError`.
        """
        self._options = build_options(LlamaOptions, options or self._options, changes)
        self._kind = await asyncio.to_thread(choose_engine, self._options.engine)
        await asyncio.to_thread(sweep_abandoned_directories)
        self._closed = False

    def load_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Any,
    ) -> Operation[Model, Event]:
        """Start an engine with a model; `model_path` is "builtin", a file, or the name of a downloaded model.

        Streams its progress. Raises `InvalidOptionsError` at once; awaiting it raises `ModelNotFoundError`,
        `InvalidModelError`, `ModelLoadError`, `EngineDiedError`. Loading a model that is loaded replaces it.
        """
        self._ensure_open()
        checked = build_options(ModelOptions, options, changes)

        async def load(operation: Operation[Model, Event]) -> Model:
            operation.mark("running")
            files, header = await asyncio.to_thread(_open_model, model_path)
            return await self._load(str(model_path), files, header, checked, operation)

        return self._track(Operation("load", load, to_item=lambda event: event))

    async def _load(
        self,
        name: str,
        files: ModelFiles,
        header: GgufHeader,
        options: ModelOptions,
        operation: Operation[Model, Event],
    ) -> Model:
        if self._kind is None:
            await self.initialize()
        assert self._kind is not None
        if loaded := self._models.get(str(files.path)):
            await self._unload(loaded)
        llama = self._options
        supervisor = EngineSupervisor(
            await asyncio.to_thread(engine_settings, files, header, llama, options, None),
            self._kind,
            load_stall_timeout=llama.load_stall_timeout,
            response_stall_timeout=llama.response_stall_timeout,
        )
        await supervisor.engine(lambda progress: operation.report(Progress(progress.value, progress.stage)))
        model = Model(name, files, header, llama, options, supervisor, self._track)
        self._models[str(files.path)] = model
        self._model, self._context, self._session = model, None, None
        return model

    def create_context(self, options: ContextOptions | None = None, /, **changes: Any) -> Operation[Context, Event]:
        """Create the context of the model that was loaded last; the session before it is dropped.

        Raises `ModelNotLoadedError` or `InvalidOptionsError` at once.
        """
        creation = self._loaded_model().create_context(options, **changes)
        self._session = None

        def take(operation: Operation[Context, Event]) -> None:
            if operation.state == "done":
                self._context = operation.result()

        creation.add_done_callback(take)
        return creation

    def initialize_session(
        self, options: SessionOptions | None = None, /, **changes: Any
    ) -> Operation[ChatSession, Event]:
        """Begin a conversation in the context. Raises `ContextNotCreatedError` or `InvalidOptionsError` at once."""
        creation = self._created_context().create_session(options, **changes)

        def take(operation: Operation[ChatSession, Event]) -> None:
            if operation.state == "done":
                self._session = operation.result()

        creation.add_done_callback(take)
        return creation

    def prompt(self, prompt: str, options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """Ask in the current session. Raises `SessionNotLoadedError` ("Session not loaded.") when there is none."""
        if self._session is None:
            raise SessionNotLoadedError
        return self._session.prompt(prompt, options, **changes)

    def send_prompt(self, prompt: str, options: PromptOptions | None = None, /, **changes: Any) -> str:
        """As `prompt`, but gives the operation's id at once; `operation(id)` leads to it."""
        return self.prompt(prompt, options, **changes).id

    def generate_completion(
        self, prompt: str, options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """Ask in the current session, which is created now (with `system_prompt`) when there is none.

        Raises `ContextNotCreatedError` or `InvalidOptionsError` at once.
        """
        checked = build_options(PromptOptions, options, changes)
        return self._ensure_session(checked.system_prompt).prompt(prompt, checked)

    def generate_chat_completion(
        self, messages: Iterable[Mapping[str, Any]], options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """Make `messages` the current session's history and answer the last one, which must be the user's.

        Raises `ContextNotCreatedError` or `InvalidOptionsError` at once.
        """
        checked = build_options(PromptOptions, options, changes)
        *history, question = check_messages(messages) or [{"role": "", "content": None}]
        if question["role"] != "user":
            raise InvalidOptionsError("The last message must be the user's.", path="messages")
        session = self._ensure_session(checked.system_prompt)
        session.set_chat_history(history)
        return session.prompt(question["content"] or "", checked)

    async def unload_model(self, model_path: str | os.PathLike[str] | None = None) -> None:
        """End a model's engine: the one of that name or path, or without it the one loaded last.

        Raises `ModelNotLoadedError` when it is not loaded.
        """
        if model_path is None:
            return await self._unload(self._loaded_model())
        wanted = os.fspath(model_path)
        for path, model in self._models.items():
            if wanted in (path, model.name, model.path.name):
                return await self._unload(model)
        raise ModelNotLoadedError(f"Model {wanted} is not loaded.", model=wanted)

    def operation(self, operation_id: str) -> Operation[Any, Any] | None:
        """A running operation by its id; None when it has finished or never was."""
        return self._operations.get(operation_id)

    def abort(self, operation_id: str | None = None) -> bool:
        """Abort an operation, or without an id the generation that began last; tells whether there was one."""
        operation = self._operations.get(operation_id) if operation_id else self._last_generation()
        if operation is None:
            return False
        operation.abort()
        return True

    async def cleanup(self) -> None:
        """Abort everything, end every engine, remove every temporary file. Twice is harmless."""
        self._closed = True
        running = list(self._operations.values())
        for operation in running:
            operation.abort()
        for operation in running:
            await operation.wait()
        for model in list(self._models.values()):
            await self._unload(model)

    async def _unload(self, model: Model) -> None:
        self._models.pop(str(model.path), None)
        if self._model is model:
            self._model = self._context = self._session = None
        await model.unload()

    def _track(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        self._operations[operation.id] = operation
        operation.add_done_callback(lambda done: self._operations.pop(done.id, None))
        return operation

    def _last_generation(self) -> Operation[Any, Any] | None:
        generations = [operation for operation in self._operations.values() if operation.kind in GENERATING]
        return generations[-1] if generations else None

    def _ensure_session(self, system_prompt: str | None) -> ChatSession:
        if self._session is None:
            self._session = ChatSession(self._created_context().model, SessionOptions(system_prompt=system_prompt))
        return self._session

    def _created_context(self) -> Context:
        if self._context is None:
            raise ContextNotCreatedError
        return self._context

    def _loaded_model(self) -> Model:
        self._ensure_open()
        if self._model is None:
            raise ModelNotLoadedError
        return self._model

    def _ensure_open(self) -> None:
        if self._closed:
            raise WorkerClosedError("The worker was cleaned up: call initialize() to use it again.")


def _open_model(name: str | os.PathLike[str] | Mapping[str, Any]) -> tuple[ModelFiles, GgufHeader]:
    files = resolve_local(name)
    return files, read_model(files.parts)
