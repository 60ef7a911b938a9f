"""Models, contexts and sessions without async. What each method does is said at its namesake's in `llama_worker`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Unpack

from ..messages.values import ModelInfo, ModelSettings
from ..options import ContextOptions, PromptOptions, SessionOptions
from ..options.keywords import ContextKeywords, PromptOptionKeywords
from ..options.signatures import lists_options, with_defaults
from ..worker import model as asynchronous_model
from ..worker.chat import session as asynchronous_session
from ..worker.chat.session_keywords import SessionKeywords
from ..worker.conversation import Message
from ..worker.generation.completion import COMPLETION_TOKENS
from ..worker.generation.prompt_arguments import PromptArguments
from ..worker.generation.prompt_keywords import CompletionKeywords, PromptKeywords
from ..worker.media.values import Content
from ..worker.operations import operation as asynchronous_operation
from ..worker.reply import Parsed
from .abilities.embeddings import EmbeddingAbilities
from .abilities.infill import InfillAbilities
from .abilities.rendering import RenderingAbilities
from .abilities.speech import SpeechAbilities
from .abilities.tokens import TokenAbilities
from .loop import LoopThread
from .operation import Operation


async def outcome(operation: asynchronous_operation.Operation[Any, Any]) -> Any:
    """The result of an operation, as a coroutine."""
    return await operation


@lists_options
class Model(EmbeddingAbilities, InfillAbilities, TokenAbilities, RenderingAbilities, SpeechAbilities):
    """As `llama_worker.Model`."""

    def __repr__(self) -> str:
        return repr(self._model)

    @property
    def inside(self) -> tuple[LoopThread, asynchronous_model.Model]:
        """For other parts of this package: the model that this one asks, and the thread in which it lives."""
        return self._loop, self._model

    @property
    def id(self) -> str:
        return self._model.id

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def path(self) -> Path:
        return self._model.path

    @property
    def public_name(self) -> str:
        return self._model.public_name

    @property
    def sequences(self) -> int:
        return self._model.sequences

    @property
    def loaded(self) -> bool:
        return self._model.loaded

    @property
    def pid(self) -> int | None:
        return self._model.pid

    @property
    def info(self) -> ModelInfo:
        return self._model.info

    @property
    def settings(self) -> ModelSettings:
        return self._model.settings

    def create_context(self, options: ContextOptions | None = None, /, **changes: Unpack[ContextKeywords]) -> Context:
        creation = self._loop.call(self._model.create_context, options, **changes)
        return Context(self._loop, self._loop.run(outcome(creation)))

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> ChatSession:
        creation = self._loop.call(self._model.create_session, options, **changes)
        return ChatSession(self._loop, self._loop.run(outcome(creation)))

    def complete(
        self,
        prompt: str,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[CompletionKeywords[Parsed]],
    ) -> Operation[Parsed]:
        return Operation(self._loop, self._loop.call(self._model.complete, prompt, options, **changes))

    def chat(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Parsed]:
        return Operation(self._loop, self._loop.call(self._model.chat, messages, options, **changes))

    def load_session(self, path: str | os.PathLike[str], *, any_model: bool = False) -> ChatSession:
        session = self._loop.run(self._model.load_session(path, any_model=any_model))
        return ChatSession(self._loop, session)

    def resume_session(self, session_id: str, *, any_model: bool = False) -> ChatSession:
        return ChatSession(self._loop, self._loop.run(self._model.resume_session(session_id, any_model=any_model)))

    def unload(self) -> None:
        self._loop.run(self._model.unload())


@lists_options
class Context:
    """As `llama_worker.Context`."""

    def __init__(self, loop: LoopThread, context: asynchronous_model.Context) -> None:
        self._loop = loop
        self._context = context

    def __repr__(self) -> str:
        return repr(self._context)

    @property
    def model(self) -> Model:
        return Model(self._loop, self._context.model)

    @property
    def context_size(self) -> int:
        return self._context.context_size

    @property
    def sequences(self) -> int:
        return self._context.sequences

    @property
    def batch_size(self) -> int:
        return self._context.batch_size

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> ChatSession:
        return self.model.create_session(options, **changes)


@lists_options
class ChatSession:
    """As `llama_worker.ChatSession`."""

    def __init__(self, loop: LoopThread, session: asynchronous_session.ChatSession) -> None:
        self._loop = loop
        self._session = session

    def __repr__(self) -> str:
        return repr(self._session)

    @property
    def id(self) -> str:
        return self._session.id

    @property
    def system_prompt(self) -> str | None:
        return self._session.system_prompt

    @property
    def model(self) -> Model:
        return Model(self._loop, self._session.model)

    def prompt(
        self,
        content: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Parsed]:
        return Operation(self._loop, self._loop.call(self._session.prompt, content, options, **changes))

    def answer_calls(
        self,
        results: Mapping[str, Any],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Parsed]:
        return Operation(self._loop, self._loop.call(self._session.answer_calls, results, options, **changes))

    @with_defaults(max_tokens=0)
    def preload(
        self,
        content: Content = "",
        options: PromptOptions | None = None,
        /,
        **changes: Unpack[PromptOptionKeywords],
    ) -> Operation[Any]:
        return Operation(self._loop, self._loop.call(self._session.preload, content, options, **changes))

    @with_defaults(max_tokens=COMPLETION_TOKENS)
    def complete_prompt(
        self,
        text: str,
        options: PromptOptions | None = None,
        /,
        **changes: Unpack[PromptOptionKeywords],
    ) -> Operation[Any]:
        return Operation(self._loop, self._loop.call(self._session.complete_prompt, text, options, **changes))

    def get_chat_history(self) -> list[Message]:
        return self._loop.call(self._session.get_chat_history)

    def get_context_window(self) -> list[Message]:
        return self._loop.call(self._session.get_context_window)

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        self._loop.call(self._session.set_chat_history, messages)
        self.flush()

    def reset_chat_history(self) -> None:
        self._loop.call(self._session.reset_chat_history)
        self.flush()

    def fork(self) -> ChatSession:
        other = ChatSession(self._loop, self._loop.call(self._session.fork))
        other.flush()
        return other

    def flush(self) -> None:
        self._loop.run(self._session.flush())

    def count_tokens(self) -> int:
        return self._loop.run(self._session.count_tokens())

    def save(self, path: str | os.PathLike[str], *, include_state: bool = False) -> None:
        self._loop.run(self._session.save(path, include_state=include_state))
