"""Models and contexts at the other end of a port."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Unpack

from msgspec import convert, structs

from ...errors import InvalidOptionsError, ModelNotLoadedError
from ...messages import (
    Chat,
    Complete,
    ContextCreated,
    CreateContext,
    Incoming,
    InitializeSession,
    ListModels,
    LoadSession,
    ModelLoaded,
    ResumeSession,
    UnloadModel,
)
from ...messages.events import Progress
from ...messages.values import ModelInfo, ModelSettings
from ...options import ContextOptions, PromptOptions, SessionOptions, build_options
from ...options.keywords import ContextKeywords
from ...options.signatures import lists_options
from ...worker.chat.session_file import checked_path
from ...worker.chat.session_keywords import SessionKeywords
from ...worker.conversation import check_messages, check_text
from ...worker.generation.completion import check_completion
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.generation.prompt_keywords import CompletionKeywords, PromptKeywords
from ...worker.operations.operation import Operation
from ...worker.reply import Parsed, Reply
from .abilities.embeddings import EmbeddingAbilities
from .abilities.infill import InfillAbilities
from .abilities.rendering import RenderingAbilities
from .abilities.speech import SpeechAbilities
from .abilities.tokens import TokenAbilities
from .generation import sent_functions
from .remote_worker import RemoteWorker
from .session import RemoteSession


@lists_options
class RemoteModel(EmbeddingAbilities, InfillAbilities, TokenAbilities, RenderingAbilities, SpeechAbilities):
    """As `Model`, for a bridge."""

    def __init__(self, remote: RemoteWorker, name: str, loaded: ModelLoaded) -> None:
        super().__init__(remote, loaded.model_id)
        self._name = name
        self._facts = loaded.model_info
        self._unloaded = False

    def __repr__(self) -> str:
        state = "" if self.loaded else ", unloaded"
        return f"<RemoteModel {self.name} (context of {self._facts.context_size} tokens{state})>"

    @property
    def name(self) -> str:
        return self._name

    @property
    def public_name(self) -> str:
        return self._facts.public_name

    @property
    def path(self) -> Path:
        """Where the file is on the worker's machine."""
        return Path(self._facts.path)

    @property
    def loaded(self) -> bool:
        return not self._unloaded and not self._remote.home.lost

    @property
    def pid(self) -> int | None:
        """The engine's process id on the worker's machine, None while it is not running."""
        return self._facts.pid if self.loaded else None

    @property
    def sequences(self) -> int:
        """Requests that are computed at once."""
        return self._facts.sequences

    @property
    def info(self) -> ModelInfo:
        """What the file and the settings say."""
        return self._facts

    @property
    def settings(self) -> ModelSettings:
        """As `Model.settings`."""
        return self.info.settings

    def create_context(
        self, options: ContextOptions | None = None, /, **changes: Unpack[ContextKeywords]
    ) -> Operation[RemoteContext, Progress]:
        """As `Model.create_context`."""
        checked = build_options(ContextOptions, options, changes)
        self.ensure_loaded()

        def finish(created: ContextCreated) -> RemoteContext:
            self._facts = created.model_info
            return RemoteContext(self, created)

        return self._remote.follow("create_context", finish, CreateContext, options=checked, model=self.id)

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> Operation[RemoteSession, Progress]:
        """As `Model.create_session`; a function for `overflow` would have to run at the other end and is refused."""
        if callable(changes.get("overflow")):
            raise InvalidOptionsError("A function for overflow cannot be sent to another process.", path="overflow")
        checked = build_options(SessionOptions, options, changes)
        self.ensure_loaded()
        session = RemoteSession(self, self._remote, checked)
        facts = {"options": checked, "model": self.id, "session_id": session.id}
        return self._remote.follow("create_session", lambda _: session, InitializeSession, **facts)

    def complete(
        self,
        prompt: str,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[CompletionKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """As `Model.complete`."""
        arguments = PromptArguments.read(options, changes)
        check_completion(prompt, arguments)
        self.ensure_loaded()
        return self._remote.generate("completion", arguments, self.refresh, Complete, prompt=prompt, model=self.id)

    def chat(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """As `Model.chat`."""
        arguments = PromptArguments.read(options, changes)
        conversation = check_messages(messages)
        self.ensure_loaded()
        facts = {"messages": conversation, "functions": sent_functions(arguments), "model": self.id}
        return self._remote.generate("chat", arguments, self.refresh, Chat, **facts)

    async def load_session(self, path: str | os.PathLike[str], *, any_model: bool = False) -> RemoteSession:
        """As `Model.load_session`; the file is on the worker's machine."""
        self.ensure_loaded()
        facts = {"path": str(checked_path(path)), "session_id": uuid.uuid4().hex}
        return await self._session_there(LoadSession, **facts, any_model=any_model)

    async def resume_session(self, session_id: str, *, any_model: bool = False) -> RemoteSession:
        """As `Model.resume_session`; the journal is on the worker's machine."""
        self.ensure_loaded()
        checked = check_text(session_id, "session_id")
        return await self._session_there(ResumeSession, session_id=checked, any_model=any_model)

    async def _session_there(self, message: Callable[..., Incoming], **facts: Any) -> RemoteSession:
        """A session that the other end knows already."""
        created = await self._remote.request(message, model=self.id, **facts)
        options = SessionOptions(system_prompt=created.system_prompt)
        session = RemoteSession(self, self._remote, options, session_id=created.session_id)
        await session.refresh()
        return session

    async def unload(self) -> None:
        """As `Model.unload`."""
        if self.loaded:
            self.forget()
            await self._remote.request(UnloadModel, model_path=self.id)

    def forget(self) -> None:
        """For the bridge: the model is not loaded any more."""
        self._unloaded = True

    def note_death(self, pid: int) -> None:
        """For the bridge: an engine has died."""
        if pid == self._facts.pid:
            self._facts = structs.replace(self._facts, pid=None, engine="stopped")

    async def refresh(self) -> None:
        """For the bridge: learn which engine runs now, after one has died."""
        if self.pid is None and self.loaded:
            for facts in await self._remote.value(ListModels):
                if facts["modelId"] == self.id:
                    self._facts = convert(facts["modelInfo"], ModelInfo)

    def ensure_loaded(self) -> None:
        """For sessions: raise `ModelNotLoadedError` when the model was unloaded, or its event loop has ended."""
        if self._remote.home.lost:
            raise ModelNotLoadedError(
                f"Model {self.name} was loaded in an event loop that has ended, or before a fork: load it again.",
                model=self.name,
            )
        if self._unloaded:
            raise ModelNotLoadedError(f"Model {self.name} was unloaded: load it again.", model=self.name)


@lists_options
class RemoteContext:
    """As `Context`, for a bridge."""

    def __init__(self, model: RemoteModel, created: ContextCreated) -> None:
        self._model = model
        self._created = created

    def __repr__(self) -> str:
        return f"<RemoteContext of {self._model.name} ({self.context_size} tokens, {self.sequences} sequences)>"

    @property
    def model(self) -> RemoteModel:
        return self._model

    @property
    def context_size(self) -> int:
        return self._created.context_size

    @property
    def sequences(self) -> int:
        return self._created.sequences

    @property
    def batch_size(self) -> int:
        return self._created.batch_size

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> Operation[RemoteSession, Progress]:
        """As `Context.create_session`."""
        return self.model.create_session(options, **changes)
