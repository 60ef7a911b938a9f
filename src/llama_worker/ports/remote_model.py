"""Models and contexts at the other end of a port."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import convert, structs

from ..errors import InvalidOptionsError, ModelNotLoadedError
from ..messages import (
    Chat,
    Complete,
    ContextCreated,
    CountTokens,
    CreateContext,
    Detokenize,
    InitializeSession,
    ListModels,
    LoadedModel,
    LoadSession,
    ModelLoaded,
    Tokenize,
    UnloadModel,
)
from ..options import ContextOptions, PromptOptions, SessionOptions, build_options
from ..worker.events import Event
from ..worker.history import check_messages
from ..worker.model import ModelInfo
from ..worker.operation import Operation
from ..worker.reply import Reply
from ..worker.request import check_completion
from .asking import Question
from .remote_session import RemoteSession

if TYPE_CHECKING:
    from .bridge import LlamaWorkerBridge


class RemoteModel:
    """As `Model`, for a bridge."""

    def __init__(self, bridge: LlamaWorkerBridge, name: str, loaded: ModelLoaded) -> None:
        self.id = loaded.model_id
        self.name = name
        self._bridge = bridge
        self._facts = loaded.model_info
        self._unloaded = False

    def __repr__(self) -> str:
        return f"<RemoteModel {self.name}>"

    @property
    def path(self) -> Path:
        """Where the file is on the worker's machine."""
        return Path(self._facts.path)

    @property
    def loaded(self) -> bool:
        return not self._unloaded

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
        facts = self._facts
        return ModelInfo(
            name=facts.name,
            path=facts.path,
            size=facts.size,
            parameters=facts.parameters,
            context_size=facts.context_size,
            trained_context_size=facts.trained_context_size,
            vocabulary_size=facts.vocabulary_size,
        )

    def create_context(
        self, options: ContextOptions | None = None, /, **changes: Any
    ) -> Operation[RemoteContext, Event]:
        """As `Model.create_context`."""
        checked = build_options(ContextOptions, options, changes)
        self._ensure_loaded()

        def finish(created: ContextCreated) -> RemoteContext:
            self._facts = created.model_info
            return RemoteContext(self, created)

        return self._bridge.follow("create_context", finish, CreateContext, options=checked, model=self.id)

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Any
    ) -> Operation[RemoteSession, Event]:
        """As `Model.create_session`; a function for `overflow` would have to run at the other end and is refused."""
        if callable(changes.get("overflow")):
            raise InvalidOptionsError("A function for overflow cannot be sent to another process.", path="overflow")
        checked = build_options(SessionOptions, options, changes)
        self._ensure_loaded()
        session = RemoteSession(self, checked)
        facts = {"options": checked, "model": self.id, "session_id": session.id}
        return self._bridge.follow("create_session", lambda _: session, InitializeSession, **facts)

    def complete(self, prompt: str, options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """As `Model.complete`."""
        question = Question(options, changes)
        if not isinstance(prompt, str):
            raise InvalidOptionsError(f"The prompt must be text, not {type(prompt).__name__}.", path="prompt")
        if question.extras.functions is not None:
            raise InvalidOptionsError("A completion cannot call functions: use chat().", path="functions")
        check_completion(question.options)
        self._ensure_loaded()
        return self._bridge.ask("completion", question, self.refresh, Complete, prompt=prompt, model=self.id)

    def chat(
        self, messages: Iterable[Mapping[str, Any]], options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """As `Model.chat`."""
        question = Question(options, changes)
        conversation = check_messages(messages)
        self._ensure_loaded()
        facts = {"messages": conversation, "functions": question.sent_functions, "model": self.id}
        return self._bridge.ask("chat", question, self.refresh, Chat, **facts)

    async def load_session(self, path: str | os.PathLike[str], *, any_model: bool = False) -> RemoteSession:
        """As `Model.load_session`; the file is on the worker's machine."""
        self._ensure_loaded()
        session = RemoteSession(self, SessionOptions())
        facts = {"path": os.fspath(path), "any_model": any_model, "model": self.id, "session_id": session.id}
        await self._bridge.request(LoadSession, **facts)
        await session.refresh()
        return session

    async def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """As `Model.tokenize`."""
        facts = {"prompt": text, "add_special": add_special, "parse_special": parse_special, "model": self.id}
        return list(await self._bridge.value(Tokenize, **facts))

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """As `Model.detokenize`."""
        return str(await self._bridge.value(Detokenize, tokens=list(tokens), model=self.id))

    async def count_tokens(self, prompt: str | Iterable[Mapping[str, Any]]) -> int:
        """As `Model.count_tokens`."""
        text = {"prompt": prompt} if isinstance(prompt, str) else {"messages": check_messages(prompt)}
        return int(await self._bridge.value(CountTokens, model=self.id, **text))

    async def unload(self) -> None:
        """As `Model.unload`."""
        if self.loaded:
            self.forget()
            await self._bridge.request(UnloadModel, model_path=self.id)

    def forget(self) -> None:
        """For the bridge: the model is not loaded any more."""
        self._unloaded = True

    def note_death(self, pid: int) -> None:
        """For the bridge: an engine has died."""
        if pid == self._facts.pid:
            self._facts = structs.replace(self._facts, pid=None)

    async def refresh(self) -> None:
        """For the bridge: learn which engine runs now, after one has died."""
        if self.pid is None and self.loaded:
            for facts in await self._bridge.value(ListModels):
                if facts["modelId"] == self.id:
                    self._facts = convert(facts["modelInfo"], LoadedModel)

    def _ensure_loaded(self) -> None:
        if self._unloaded:
            raise ModelNotLoadedError(f"Model {self.name} was unloaded: load it again.", model=self.name)


class RemoteContext:
    """As `Context`, for a bridge."""

    def __init__(self, model: RemoteModel, created: ContextCreated) -> None:
        self.model = model
        self.context_size = created.context_size
        self.sequences = created.sequences
        self.batch_size = created.batch_size

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Any
    ) -> Operation[RemoteSession, Event]:
        """As `Context.create_session`."""
        return self.model.create_session(options, **changes)
