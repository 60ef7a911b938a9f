"""LlamaWorkerBridge: a worker in another process or on another machine, with the methods of `LlamaWorker`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from msgspec import convert

from ...ending import to_the_end
from ...errors import EngineDiedError, WorkerClosedError
from ...messages import (
    Abilities,
    Cleanup,
    DownloadComplete,
    DownloadModel,
    ErrorMessage,
    Estimate,
    Init,
    InitializeSession,
    ListMcpServers,
    ListModels,
    ListSessions,
    LoadedModel,
    LoadModel,
    McpServerInfo,
    MemoryEstimate,
    ModelLoaded,
    Outgoing,
    RemoveSession,
    SessionInfo,
)
from ...messages.events import Downloading, Progress
from ...options import LlamaOptions, ModelOptions, SessionOptions, build_options
from ...options.keywords import LlamaKeywords, ModelKeywords
from ...options.signatures import lists_options
from ...worker.conversation import check_text
from ...worker.current import Current
from ...worker.home import Home
from ...worker.operations.operation import Operation
from ..port import ClientPort
from .filework.methods import WorksOnFiles
from .finding import FindsRemoteModels
from .model import RemoteContext, RemoteModel
from .model_names import sent
from .remote_worker import RemoteWorker
from .requester import Requester
from .session import RemoteSession
from .stored import ManagesRemoteModels


@lists_options
class LlamaWorkerBridge(
    Current[RemoteModel, RemoteContext, RemoteSession], ManagesRemoteModels, FindsRemoteModels, WorksOnFiles
):
    """The methods, operations, events and errors of `LlamaWorker`, spoken as messages over `port`.

    `port` is what `stdio_port()`, `websocket_port(url)` or `in_process_port(worker)` give. Keyword arguments are the
    fields of `LlamaOptions`; without any, the other end keeps its own. When the other end is gone, what was running
    fails with `PortClosedError`, its models count as unloaded, and the next request opens the port anew.
    """

    def __init__(
        self, port: ClientPort, options: LlamaOptions | None = None, /, **changes: Unpack[LlamaKeywords]
    ) -> None:
        super().__init__()
        self._options = build_options(LlamaOptions, options, changes) if options or changes else None
        self._requester = Requester(port, self._hear, self._forget_models)
        self._home = Home()
        self._home.enter()
        self._remote = RemoteWorker(self._requester, self._home, self._track)
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

    def __repr__(self) -> str:
        models = ", ".join(model.name for model in self.models) or "no model"
        return f"<LlamaWorkerBridge ({'cleaned up' if self._closed else models})>"

    @property
    def models(self) -> tuple[RemoteModel, ...]:
        """The models that this bridge loaded, oldest first."""
        return tuple(model for model in self._models.values() if model.loaded)

    async def initialize(self, options: LlamaOptions | None = None, /, **changes: Unpack[LlamaKeywords]) -> None:
        """As `LlamaWorker.initialize`; `abilities` then tells what the other end can do."""
        if options or changes:
            self._options = build_options(LlamaOptions, options or self._options, changes)
        self._home.move_in(self._abandon)
        self._closed = False
        self.abilities = convert(await self._remote.value(Init, options=self._options), Abilities)

    def load_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Unpack[ModelKeywords],
    ) -> Operation[RemoteModel, Progress]:
        """As `LlamaWorker.load_model`; files are on the worker's machine."""
        self._ensure_open()
        name = sent(model_path)
        checked = build_options(ModelOptions, options, changes)
        return self._remote.follow("load", partial(self._loaded, name), LoadModel, model_path=name, options=checked)

    def download_model(
        self,
        name: str | os.PathLike[str] | Mapping[str, Any],
        /,
        *,
        sha256: str | None = None,
        size: int | None = None,
    ) -> Operation[Path, Downloading]:
        """As `LlamaWorker.download_model`; the file comes to the worker's machine, and its path is one there."""
        self._ensure_open()
        facts = {"model_id": sent(name), "sha256": sha256, "size": size}
        return self._remote.follow("download", _downloaded, DownloadModel, **facts)

    async def estimate(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Unpack[ModelKeywords],
    ) -> MemoryEstimate:
        """As `LlamaWorker.estimate`."""
        self._ensure_open()
        checked = build_options(ModelOptions, options, changes)
        facts = await self._remote.value(Estimate, model_path=sent(model_path), options=checked)
        return convert(facts, MemoryEstimate)

    async def list_models(self) -> list[LoadedModel]:
        """As `LlamaWorker.list_models`: those of all who use that worker."""
        return convert(await self._remote.value(ListModels), list[LoadedModel])

    async def list_mcp_servers(self) -> list[McpServerInfo]:
        """As `LlamaWorker.list_mcp_servers`."""
        return convert(await self._remote.value(ListMcpServers), list[McpServerInfo])

    async def list_sessions(self) -> list[SessionInfo]:
        """As `LlamaWorker.list_sessions`."""
        return convert(await self._remote.value(ListSessions), list[SessionInfo])

    async def remove_session(self, session_id: str) -> None:
        """As `LlamaWorker.remove_session`."""
        await self._remote.request(RemoveSession, session_id=check_text(session_id, "session_id"))

    async def unload_model(self, model_path: str | os.PathLike[str] | None = None) -> None:
        """As `LlamaWorker.unload_model`."""
        await self._unload(self.find_model(model_path))

    async def cleanup(self) -> None:
        """As `LlamaWorker.cleanup`; closes the port too. `initialize()` opens it again.

        In a forked child it only forgets the port, which the parent goes on using.
        """
        if self._closed:
            return
        self._closed = True
        if self._home.lost:
            self._abandon()
        else:
            await to_the_end(self._end_everything())

    async def _end_everything(self) -> None:
        try:
            await self._end_in_order()
        except asyncio.CancelledError:  # only an event loop that ends cancels this, and waits for what is done now
            await self._requester.close()
            raise

    async def _end_in_order(self) -> None:
        running = list(self._operations.values())
        for operation in running:
            operation.abort()
        for operation in running:
            await operation.wait()
        self._forget_models()
        if self._requester.open:
            await self._remote.request(Cleanup)
        await self._requester.close()
        self._home.leave()

    # What the handles use.

    def _loaded(self, name: str, loaded: ModelLoaded) -> RemoteModel:
        model = RemoteModel(self._remote, name, loaded)
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
        session = RemoteSession(context.model, self._remote, options)
        self._remote.post(InitializeSession, options=options, model=context.model.id, session_id=session.id)
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
            raise WorkerClosedError
        self._home.move_in(self._abandon)

    def _abandon(self) -> None:
        """Let go of a port that was opened in an event loop that is gone, or by the process that this one came from."""
        self._forget_models()
        self._operations.clear()
        self._requester.abandon()
        self._home.leave()


def _downloaded(complete: DownloadComplete) -> Path:
    return Path(complete.file_path)
