"""LlamaWorkerBridge: a worker in another process or on another machine, with the methods of `LlamaWorker`."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from msgspec import convert

from ..errors import EngineDiedError, ModelNotLoadedError, WorkerClosedError
from ..messages import (
    Abilities,
    Cleanup,
    CloseSession,
    DownloadComplete,
    DownloadModel,
    ErrorMessage,
    Estimate,
    HubFile,
    Incoming,
    Init,
    InitializeSession,
    LoadModel,
    ModelLoaded,
    Outgoing,
)
from ..models.estimate import MemoryEstimate
from ..models.names import parse_model_name
from ..options import LlamaOptions, ModelOptions, SessionOptions, build_options
from ..worker.current import Current
from ..worker.events import Downloading, Event, Progress
from ..worker.operation import Kind, Operation
from ..worker.reply import Reply
from .asking import Question, ask
from .following import Following
from .link import Link, accepted
from .port import ClientPort
from .remote_model import RemoteContext, RemoteModel
from .remote_session import RemoteSession

Result = TypeVar("Result")


class LlamaWorkerBridge(Current[RemoteModel, RemoteContext, RemoteSession]):
    """The methods, operations, events and errors of `LlamaWorker`, spoken as messages over `port`.

    `port` is what `stdio_port()`, `websocket_port(url)` or `in_process_port(worker)` give. Keyword arguments are the
    fields of `LlamaOptions`; without any, the other end keeps its own. When the other end is gone, what was running
    fails with `PortClosedError`, its models count as unloaded, and the next request opens the port anew.
    """

    def __init__(self, port: ClientPort, options: LlamaOptions | None = None, /, **changes: Any) -> None:
        super().__init__()
        self._options = build_options(LlamaOptions, options, changes) if options or changes else None
        self._link = Link(port, self._hear, self._forget_models)
        self._models: dict[str, RemoteModel] = {}
        self._closed = False
        self.abilities: Abilities | None = None

    async def __aenter__(self) -> Self:
        await self.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.cleanup()

    @property
    def models(self) -> tuple[RemoteModel, ...]:
        """The models that this bridge loaded, oldest first."""
        return tuple(model for model in self._models.values() if model.loaded)

    def find_model(self, name: str | os.PathLike[str] | None = None) -> RemoteModel:
        """As `LlamaWorker.find_model`."""
        if name is None:
            return self._loaded_model()
        wanted = os.fspath(name)
        for model in reversed(self.models):
            if wanted in (model.id, str(model.path), model.name, model.path.name):
                return model
        raise ModelNotLoadedError(f"Model {wanted} is not loaded.", model=wanted)

    async def initialize(self, options: LlamaOptions | None = None, /, **changes: Any) -> None:
        """As `LlamaWorker.initialize`; `abilities` then tells what the other end can do."""
        if options or changes:
            self._options = build_options(LlamaOptions, options or self._options, changes)
        self._closed = False
        self.abilities = convert(await self.value(Init, options=self._options), Abilities)

    def load_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Any,
    ) -> Operation[RemoteModel, Event]:
        """As `LlamaWorker.load_model`; files are on the worker's machine."""
        self._ensure_open()
        checked = build_options(ModelOptions, options, changes)
        return self.follow(
            "load", partial(self._loaded, str(model_path)), LoadModel, model_path=_sent(model_path), options=checked
        )

    def download_model(
        self,
        name: str | os.PathLike[str] | Mapping[str, Any],
        /,
        *,
        sha256: str | None = None,
        size: int | None = None,
    ) -> Operation[Path, Event]:
        """As `LlamaWorker.download_model`; the file comes to the worker's machine, and its path is one there."""
        self._ensure_open()
        parse_model_name(name)
        facts = {"model_id": _sent(name), "sha256": sha256, "size": size}
        return self.follow("download", _downloaded, DownloadModel, **facts)

    async def estimate(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Any,
    ) -> MemoryEstimate:
        """As `LlamaWorker.estimate`."""
        checked = build_options(ModelOptions, options, changes)
        facts = await self.value(Estimate, model_path=_sent(model_path), options=checked)
        return convert(facts, MemoryEstimate)

    async def unload_model(self, model_path: str | os.PathLike[str] | None = None) -> None:
        """As `LlamaWorker.unload_model`."""
        await self._unload(self.find_model(model_path))

    async def cleanup(self) -> None:
        """As `LlamaWorker.cleanup`; closes the port too. `initialize()` opens it again."""
        if self._closed:
            return
        self._closed = True
        running = list(self._operations.values())
        for operation in running:
            operation.abort()
        for operation in running:
            await operation.wait()
        self._forget_models()
        if self._link.open:
            await self.request(Cleanup)
        await self._link.close()

    # What the handles use.

    def follow(
        self, kind: Kind, finish: Callable[[Any], Result], message: Callable[..., Incoming], **facts: Any
    ) -> Operation[Result, Event]:
        """An operation that is no generation; `finish` makes its result of the last message."""
        following = Following(self._link, partial(message, **facts))

        async def work(operation: Operation[Result, Event]) -> Result:
            return finish(await following.run())

        shown = Downloading if kind == "download" else Progress
        operation = Operation(kind, work, to_item=lambda event: event if isinstance(event, shown) else None)
        following.begin(operation)
        self._track(operation)
        return operation

    def ask(
        self,
        kind: Kind,
        question: Question,
        after: Callable[[], Awaitable[None]],
        message: Callable[..., Incoming],
        **facts: Any,
    ) -> Operation[Reply, str]:
        """A generation; `after` is awaited before it is finished."""
        make = partial(message, options=question.sent_options, **facts)
        operation = ask(self._link, kind, question, make, after)
        self._track(operation)
        return operation

    async def request(self, message: Callable[..., Incoming], **facts: Any) -> Any:
        """Ask something that is no operation, and give its last message; raises the error that it tells of."""
        return accepted(await self._link.ask(partial(message, **facts)).end)

    async def value(self, message: Callable[..., Incoming], **facts: Any) -> Any:
        """As `request`, for what is answered with a `result`."""
        return (await self.request(message, **facts)).value

    def post(self, message: Callable[..., Incoming], **facts: Any) -> None:
        """Ask something whose answer nobody needs."""
        self._link.ask(partial(message, **facts))

    def close_session(self, session_id: str) -> None:
        """Let the other end forget a session that nobody holds here any more; called by finalizers, anywhere."""
        self._link.ask_later(partial(CloseSession, session=session_id))

    def _loaded(self, name: str, loaded: ModelLoaded) -> RemoteModel:
        model = RemoteModel(self, name, loaded)
        if replaced := self._models.get(str(model.path)):
            replaced.forget()
        self._models[str(model.path)] = model
        self._model, self._context, self._session = model, None, None
        return model

    async def _unload(self, model: RemoteModel) -> None:
        self._models.pop(str(model.path), None)
        if self._model is model:
            self._model = self._context = self._session = None
        await model.unload()

    def _begin_session(self, context: RemoteContext, options: SessionOptions) -> RemoteSession:
        session = RemoteSession(context.model, options)
        self.post(InitializeSession, options=options, model=context.model.id, session_id=session.id)
        return session

    def _hear(self, message: Outgoing) -> None:
        if isinstance(message, ErrorMessage) and message.code == EngineDiedError.code:
            for model in self.models:
                model.note_death(message.details.get("pid", 0))
        self._emitter.emit(message)

    def _forget_models(self) -> None:
        for model in self._models.values():
            model.forget()
        self._models.clear()
        self._model = self._context = self._session = None

    def _ensure_open(self) -> None:
        if self._closed:
            raise WorkerClosedError("The worker was cleaned up: call initialize() to use it again.")


def _downloaded(complete: DownloadComplete) -> Path:
    return Path(complete.file_path)


def _sent(name: str | os.PathLike[str] | Mapping[str, Any]) -> str | HubFile:
    """A model's name as it travels."""
    return convert(dict(name), HubFile) if isinstance(name, Mapping) else os.fspath(name)
