"""What came last: the methods that need no handle, because they work on the current model, context and session."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, Unpack

from ..errors import ContextNotCreatedError, InvalidOptionsError, ModelNotLoadedError, SessionNotLoadedError
from ..errors.nearest import did_you_mean
from ..messages.events import Progress
from ..options import ContextOptions, PromptOptions, SessionOptions
from ..options.keywords import ContextKeywords
from ..options.signatures import lists_options
from .chat.session_keywords import SessionKeywords
from .emitter import Emitter
from .generation.prompt_keywords import PromptKeywords
from .operations.operation import GENERATING, Operation
from .reply import Parsed, Reply
from .subscriptions import Subscribable

if TYPE_CHECKING:
    from .generation.prompt_arguments import PromptArguments
    from .media.values import Content


class AnySession(Protocol):
    def prompt(
        self,
        content: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]: ...
    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None: ...


class AnyModel(Protocol):
    id: str

    @property
    def name(self) -> str: ...
    @property
    def public_name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def loaded(self) -> bool: ...
    def create_context(
        self, options: ContextOptions | None = None, /, **changes: Unpack[ContextKeywords]
    ) -> Operation[Any, Progress]: ...


class AnyContext(Protocol):
    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> Operation[Any, Progress]: ...


ModelType = TypeVar("ModelType", bound=AnyModel)
ContextType = TypeVar("ContextType", bound=AnyContext)
SessionType = TypeVar("SessionType", bound=AnySession)


@lists_options
class Current(Subscribable, ABC, Generic[ModelType, ContextType, SessionType]):
    """The current model, context and session, and the operations that run.

    `LlamaWorker` has one; so has each connection of a port, and each bridge at its own end.
    """

    def __init__(self) -> None:
        self._operations: dict[str, Operation[Any, Any]] = {}
        self._model: ModelType | None = None
        self._context: ContextType | None = None
        self._session: SessionType | None = None
        self._emitter = Emitter()

    @property
    @abstractmethod
    def models(self) -> tuple[ModelType, ...]:
        """The loaded models, oldest first."""

    def find_model(self, name: str | os.PathLike[str] | None = None) -> ModelType:
        """A loaded model by its id, path or name; without one the model loaded last.

        Raises `ModelNotLoadedError` when it is not loaded.
        """
        if name is None:
            return self._loaded_model()
        wanted = os.fspath(name)
        for model in reversed(self.models):
            if wanted in (model.id, str(model.path), model.name, model.path.name, model.public_name):
                return model
        names = [name for model in self.models for name in (model.path.name, model.public_name)]
        hint = did_you_mean(wanted, names) or did_you_mean(Path(wanted).name, names)
        raise ModelNotLoadedError(f"Model {wanted} is not loaded{hint}.", model=wanted)

    @abstractmethod
    def _begin_session(self, context: ContextType, options: SessionOptions) -> SessionType:
        """A session that is there at once."""

    def _ensure_open(self) -> None:
        """Raise when nothing may be asked any more."""

    def create_context(
        self, options: ContextOptions | None = None, /, **changes: Unpack[ContextKeywords]
    ) -> Operation[ContextType, Progress]:
        """Create the context of the model that was loaded last; the session before it is dropped.

        Raises `ModelNotLoadedError` or `InvalidOptionsError` at once.
        """
        creation = self._loaded_model().create_context(options, **changes)
        self._session = None

        def take(operation: Operation[ContextType, Progress]) -> None:
            if operation.state == "done":
                self._context = operation.result()

        creation.add_done_callback(take)
        return creation

    def initialize_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> Operation[SessionType, Progress]:
        """Begin a conversation in the context. Raises `ContextNotCreatedError` or `InvalidOptionsError` at once."""
        creation = self._created_context().create_session(options, **changes)

        def take(operation: Operation[SessionType, Progress]) -> None:
            if operation.state == "done":
                self._session = operation.result()

        creation.add_done_callback(take)
        return creation

    def prompt(
        self,
        prompt: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Ask in the current session. Raises `SessionNotLoadedError` ("Session not loaded.") when there is none."""
        return self.session.prompt(prompt, options, **changes)

    def send_prompt(
        self,
        prompt: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords],
    ) -> str:
        """As `prompt`, but gives the operation's id at once; `operation(id)` leads to it."""
        return self.prompt(prompt, options, **changes).id

    def generate_completion(
        self,
        prompt: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Ask in the current session, which is created now (with `system_prompt`) when there is none.

        Raises `ContextNotCreatedError` or `InvalidOptionsError` at once.
        """
        arguments = _read(options, changes)
        return self._ensure_session(arguments.options.system_prompt).prompt(prompt, arguments)

    def generate_chat_completion(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Make `messages` the current session's history and answer the last one, which must be the user's.

        Raises `ContextNotCreatedError` or `InvalidOptionsError` at once.
        """
        from .conversation import check_messages  # as in `_read`

        arguments = _read(options, changes)
        *history, question = check_messages(messages) or [{"role": "", "content": None}]
        if question["role"] != "user":
            raise InvalidOptionsError("The last message must be the user's.", path="messages")
        session = self._ensure_session(arguments.options.system_prompt)
        session.set_chat_history(history)
        return session.prompt(question["content"] or "", arguments)

    @property
    def session(self) -> SessionType:
        """The current session. Raises `SessionNotLoadedError` ("Session not loaded.") when there is none."""
        if self._session is None:
            raise SessionNotLoadedError
        return self._session

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

    def abort_download(self, operation_id: str | None = None) -> bool:
        """Abort a download, or without an id the one that began last; tells whether there was one."""
        downloads = [operation for operation in self._operations.values() if operation.kind == "download"]
        wanted = [operation for operation in downloads if operation_id in (None, operation.id)]
        if not wanted:
            return False
        wanted[-1].abort()
        return True

    def _track(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        self._operations[operation.id] = operation
        operation.add_done_callback(lambda done: self._operations.pop(done.id, None))
        return operation

    def _last_generation(self) -> Operation[Any, Any] | None:
        generations = [operation for operation in self._operations.values() if operation.kind in GENERATING]
        return generations[-1] if generations else None

    def _ensure_session(self, system_prompt: str | None) -> SessionType:
        if self._session is None:
            self._session = self._begin_session(self._created_context(), SessionOptions(system_prompt=system_prompt))
        return self._session

    def _created_context(self) -> ContextType:
        if self._context is None:
            raise ContextNotCreatedError
        return self._context

    def _loaded_model(self) -> ModelType:
        self._ensure_open()
        if self._model is None or not self._model.loaded:
            raise ModelNotLoadedError
        return self._model


def _read(options: PromptOptions | PromptArguments | None, changes: Mapping[str, Any]) -> PromptArguments:
    from .generation.prompt_arguments import PromptArguments  # which is there as soon as a model is

    return PromptArguments.read(options, changes)
