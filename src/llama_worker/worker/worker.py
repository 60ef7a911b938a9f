"""LlamaWorker: what a program holds on to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack
from weakref import WeakValueDictionary

from ..ending import to_the_end
from ..errors import EngineDiedError, WorkerClosedError
from ..messages import ModelUnloaded, Outgoing
from ..messages.events import Progress, progress_of
from ..models.names import parse_model_name
from ..options import LlamaOptions, ModelOptions, SessionOptions, build_options
from ..options.keywords import LlamaKeywords, ModelKeywords
from ..options.signatures import lists_options
from .current import Current
from .fetching import FetchesModels
from .filework.methods import WorksOnFiles
from .home import Home
from .journal.listing import KeepsJournal
from .mcp.listing import ListsMcpServers
from .mcp.servers import McpServers
from .operations.operation import Operation
from .residency.first_load import ready_to_load
from .residency.listing import ListsModels

if TYPE_CHECKING:
    from ..engine.command import EngineKind
    from ..engine.supervisor import EngineSupervisor
    from .chat.session import ChatSession
    from .loading import LoadedFiles
    from .model import Context, Model
    from .runtime import ModelRuntime
    from .states.store import StateStore


@lists_options
class LlamaWorker(
    ListsModels, Current["Model", "Context", "ChatSession"], FetchesModels, WorksOnFiles, KeepsJournal, ListsMcpServers
):
    """Loads models into engine processes, talks to them and cleans up after them.

    Use it as `async with LlamaWorker() as worker`, or call `cleanup()` yourself. Keyword arguments are the fields of
    `LlamaOptions`. Two ways of use, which mix freely: the handles that `load_model` and `create_session` give, or
    the methods of this class, which work on the model, context and session that came last.
    """

    def __init__(self, options: LlamaOptions | None = None, /, **changes: Unpack[LlamaKeywords]) -> None:
        super().__init__()
        self._options = build_options(LlamaOptions, options, changes)
        self._kind: EngineKind | None = None
        self._closed = False
        self._home = Home()
        self._models: dict[str, Model] = {}
        self._unloading: set[Model] = set()
        self._states: StateStore | None = None
        self._servers = McpServers()
        self._loading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        await self.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.cleanup()

    def __repr__(self) -> str:
        models = ", ".join(model.name for model in self.models) or "no model"
        return f"<LlamaWorker ({'cleaned up' if self._closed else models})>"

    @property
    def closed(self) -> bool:
        """Whether it was cleaned up and not initialized since."""
        return self._closed

    @property
    def engine_name(self) -> str:
        """Which engine was chosen; empty before `initialize`."""
        return self._kind.name if self._kind else ""

    @property
    def models(self) -> tuple[Model, ...]:
        """The loaded models, oldest first."""
        return tuple(model for model in self._models.values() if model.loaded)

    async def initialize(self, options: LlamaOptions | None = None, /, **changes: Unpack[LlamaKeywords]) -> None:
        """Choose the engine and check that it is there. Optional: whatever needs it does it.

        Changes the worker's options for models loaded from now on, and reopens a worker after `cleanup()`.
        Raises `InvalidOptionsError`, `EngineNotFoundError`, or as `list_sessions` when the journal cannot be written.
        """
        from .residency.preparing import prepared  # here and below: what takes long to import

        self._home.move_in(self._abandon)
        self._options = build_options(LlamaOptions, options or self._options, changes)
        self._kind, self._states = await asyncio.to_thread(prepared, self._options, self._states)
        await self._open_journal()
        await self._servers.configure(self._options.mcp_servers)
        self._closed = False

    def load_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Unpack[ModelKeywords],
    ) -> Operation[Model, Progress]:
        """Start an engine with a model; `model_path` is "builtin", a file, or the name of a downloaded model.

        Streams its progress. Raises `InvalidOptionsError` at once; awaited `ModelNotFoundError`, `InvalidModelError`,
        `InsufficientMemoryError`, `ModelLoadError`, `EngineDiedError`. Loading a model that is loaded replaces it.
        """
        self._ensure_open()
        name, checked = parse_model_name(model_path), build_options(ModelOptions, options, changes)

        async def load(operation: Operation[Model, Progress]) -> Model:
            operation.mark("running")
            await self._make_ready(name, checked, operation.report)
            async with ready_to_load(await self._chosen_engine(None)):
                from .opening import find_files

                of = await find_files(self._library, name, self._options, checked)
                return await self._load(of, operation)

        return self._track(Operation("load", load, to_item=progress_of))

    async def _load(self, of: LoadedFiles, operation: Operation[Model, Progress]) -> Model:
        from .loading import settings_for
        from .residency.starting import start_model

        files = of.files
        async with self._loading.setdefault(str(files.path), asyncio.Lock()):
            kind = await self._chosen_engine(of.kind)
            if loaded := self._models.get(str(files.path)):  # which stays if what was asked for cannot be
                await settings_for(of, kind, loaded.runtime.loaded_files.free_bytes)
                await self._unload(loaded)
            runtime = await start_model(self.residency, of, kind, operation, self._emitter.tell_death, self._runtime_of)
            from .model import Model  # which was imported while the engine started

            model = Model(runtime)
            others = {path: other for path, other in self._models.items() if other.loaded or other.pid}
            self._models = others | {str(files.path): model}
            self._model, self._context, self._session = model, None, None
        await self._library.touch(files)
        return model

    def _runtime_of(self, of: LoadedFiles, supervisor: EngineSupervisor) -> ModelRuntime:
        from .residency.shared import Shared
        from .runtime import ModelRuntime
        from .states.opening import NO_STATES

        states = NO_STATES if of.kind else self._states
        return ModelRuntime(of, supervisor, Shared(states or NO_STATES, self._servers, self._track))

    async def _chosen_engine(self, own: EngineKind | None) -> EngineKind:
        if self._kind is None:
            await self.initialize()
        assert self._kind is not None
        return own or self._kind

    async def unload_model(self, model_path: str | os.PathLike[str] | None = None) -> None:
        """End a model's engine: the one of that name or path, or without it the one loaded last.

        Raises `ModelNotLoadedError` when it is not loaded.
        """
        await self._unload(self.find_model(model_path))

    async def cleanup(self) -> None:
        """Abort everything, end every engine, remove every temporary file. Twice is harmless.

        Being cancelled here does not keep it from being done.
        """
        self._closed = True
        if self._home.lost:
            self._abandon()
        else:
            self._home.enter()
            await to_the_end(self._end_everything())

    async def _end_everything(self) -> None:
        if self._states:
            await asyncio.to_thread(self._states.close)
        running = list(self._operations.values())
        for operation in running:
            operation.abort()
        for operation in running:
            await operation.wait()
        for model in [*self._models.values(), *self._unloading]:
            await self._unload(model)
        await self._servers.close()
        await self._emitter.relayed()
        self._home.leave()

    async def _unload(self, model: Model) -> None:
        self._models.pop(str(model.path), None)
        if self._model is model:
            self._model = self._context = self._session = None
        self._unloading.add(model)
        await to_the_end(self._finish_unloading(model))

    async def _finish_unloading(self, model: Model) -> None:
        was_loaded = model.loaded
        await model.unload()
        self._unloading.discard(model)
        if was_loaded:
            self._emitter.emit(ModelUnloaded(model_id=model.id, model_path=str(model.path)))

    def _track(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        if self._emitter.listeners:
            from .reporting import messages_of

            self._emitter.relay(messages_of(operation))
        return super()._track(operation)

    def emit(self, message: Outgoing) -> None:
        """For ports: let those who listen with `on` hear a message that is about no operation."""
        self._emitter.emit(message)

    def on_idle_death(self, callback: Callable[[EngineDiedError], object]) -> Callable[[], None]:
        """For ports: call `callback` when an engine dies that serves nobody; gives a function that ends it."""
        return self._emitter.on_idle_death(callback)

    def _begin_session(self, context: Context, options: SessionOptions) -> ChatSession:
        from .chat.session import ChatSession

        return ChatSession(context.model, options)

    def _ensure_open(self) -> None:
        if self._closed:
            raise WorkerClosedError
        self._home.move_in(self._abandon)

    def _abandon(self) -> None:
        """End the engines of an event loop that is gone; of another process's only the memory is lost."""
        for model in self._models.values():
            model.runtime.abandon()
        if "residency" in vars(self):
            self.residency.abandon()
        self._servers.abandon()
        for left in (self._models, self._operations, self._loading):
            left.clear()
        self._model = self._context = self._session = None
        self._home.leave()
