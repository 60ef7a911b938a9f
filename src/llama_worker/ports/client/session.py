"""Conversations at the other end of a port."""

from __future__ import annotations

import copy
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

from ...errors import LlamaWorkerError
from ...messages import (
    AnswerCalls,
    CompletePrompt,
    CountTokens,
    FlushSession,
    ForkSession,
    GetChatHistory,
    GetContextWindow,
    Incoming,
    Preload,
    PromptRequest,
    ResetChatHistory,
    SaveSession,
    SetChatHistory,
)
from ...options import PromptOptions, SessionOptions
from ...options.keywords import PromptOptionKeywords
from ...options.signatures import lists_options, with_defaults
from ...worker.chat.session_file import checked_path
from ...worker.conversation import Message, check_messages, check_results, check_text
from ...worker.generation.completion import COMPLETION_TOKENS, preload_arguments, user_completion_arguments
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.generation.prompt_keywords import PromptKeywords
from ...worker.media.content import check_content
from ...worker.media.values import Content
from ...worker.operations.operation import Operation
from ...worker.reply import Parsed, Reply
from .generation import sent_functions
from .remote_worker import RemoteWorker

if TYPE_CHECKING:
    from .model import RemoteModel


@lists_options
class RemoteSession:
    """As `ChatSession`, for a bridge. It keeps a copy of the conversation, renewed when a prompt has ended."""

    def __init__(
        self,
        model: RemoteModel,
        remote: RemoteWorker,
        options: SessionOptions,
        history: list[Message] | None = None,
        session_id: str | None = None,
    ) -> None:
        self._id = session_id or uuid.uuid4().hex
        self._model = model
        self._remote = remote
        self._options = options
        self._history = _beginning(options) if history is None else history
        self._window: list[Message] | None = None
        self._running: set[Operation[Reply, str]] = set()

    def __repr__(self) -> str:
        return f"<RemoteSession with {self._model.name} ({len(self._history)} messages)>"

    @property
    def id(self) -> str:
        """As `ChatSession.id`."""
        return self._id

    @property
    def system_prompt(self) -> str | None:
        """As `ChatSession.system_prompt`."""
        return self._options.system_prompt

    @property
    def model(self) -> RemoteModel:
        return self._model

    def prompt(
        self,
        content: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """As `ChatSession.prompt`."""
        arguments = PromptArguments.read(options, changes)
        return self._ask(PromptRequest, arguments, {"prompt": check_content(content, "prompt")})

    def answer_calls(
        self,
        results: Mapping[str, Any],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """As `ChatSession.answer_calls`."""
        arguments = PromptArguments.read(options, changes)
        check_results(results, self._history)
        return self._ask(AnswerCalls, arguments, {"results": dict(results)})

    @with_defaults(max_tokens=0)
    def preload(
        self,
        content: Content = "",
        options: PromptOptions | None = None,
        /,
        **changes: Unpack[PromptOptionKeywords],
    ) -> Operation[Reply, str]:
        """As `ChatSession.preload`."""
        return self._aside(Preload, preload_arguments(options, changes), check_content(content, "prompt"))

    @with_defaults(max_tokens=COMPLETION_TOKENS)
    def complete_prompt(
        self, text: str, options: PromptOptions | None = None, /, **changes: Unpack[PromptOptionKeywords]
    ) -> Operation[Reply, str]:
        """As `ChatSession.complete_prompt`."""
        return self._aside(CompletePrompt, user_completion_arguments(options, changes), check_text(text))

    def get_chat_history(self) -> list[Message]:
        """As `ChatSession.get_chat_history`."""
        return copy.deepcopy(self._history)

    def get_context_window(self) -> list[Message]:
        """As `ChatSession.get_context_window`."""
        return copy.deepcopy(self._history if self._window is None else self._window)

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """As `ChatSession.set_chat_history`."""
        self._history, self._window = check_messages(messages), None
        self._remote.post(SetChatHistory, messages=copy.deepcopy(self._history), session=self.id)

    def reset_chat_history(self) -> None:
        """As `ChatSession.reset_chat_history`."""
        self._history, self._window = _beginning(self._options), None
        self._remote.post(ResetChatHistory, session=self.id)

    def fork(self) -> RemoteSession:
        """As `ChatSession.fork`."""
        other = RemoteSession(self._model, self._remote, self._options, self.get_chat_history())
        other._window = copy.deepcopy(self._window)
        self._remote.post(ForkSession, session=self.id, session_id=other.id)
        return other

    async def flush(self) -> None:
        """As `ChatSession.flush`."""
        await self._remote.request(FlushSession, session=self.id)

    async def count_tokens(self) -> int:
        """As `ChatSession.count_tokens`."""
        return int(await self._remote.value(CountTokens, session=self.id))

    async def save(self, path: str | os.PathLike[str], *, include_state: bool = False) -> None:
        """As `ChatSession.save`; the file is written on the worker's machine."""
        facts = {"path": str(checked_path(path)), "include_state": include_state, "session": self.id}
        before = tuple(self._running)
        await self._remote.request(SaveSession, **facts)
        for operation in before:
            await operation.wait_unharmed()

    async def refresh(self) -> None:
        """For the bridge: learn what the conversation is now. A port that is gone has nothing to tell."""
        try:
            self._history = await self._remote.value(GetChatHistory, session=self.id)
            self._window = await self._remote.value(GetContextWindow, session=self.id)
            await self._model.refresh()
        except LlamaWorkerError:
            return

    def _ask(
        self, message: Callable[..., Incoming], arguments: PromptArguments, facts: dict[str, Any]
    ) -> Operation[Reply[Any], str]:
        self._model.ensure_loaded()
        more = {"functions": sent_functions(arguments), "session": self.id}
        operation = self._remote.generate("prompt", arguments, self.refresh, message, **facts, **more)
        self._running.add(operation)
        operation.add_done_callback(self._running.discard)
        return operation

    def _aside(
        self, message: Callable[..., Incoming], arguments: PromptArguments, content: Content
    ) -> Operation[Reply[Any], str]:
        """A generation that the history does not learn of."""
        self._model.ensure_loaded()
        facts = {"prompt": content, "session": self.id}
        return self._remote.generate("completion", arguments, self._model.refresh, message, **facts)

    def __del__(self) -> None:
        self._remote.close_session(self.id)


def _beginning(options: SessionOptions) -> list[Message]:
    prompt = options.system_prompt
    return [{"role": "system", "content": prompt}] if prompt is not None else []
