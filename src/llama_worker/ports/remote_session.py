"""Conversations at the other end of a port."""

from __future__ import annotations

import asyncio
import copy
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InvalidOptionsError, LlamaWorkerError
from ..messages import (
    AnswerCalls,
    CompletePrompt,
    CountTokens,
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
from ..options import PromptOptions, SessionOptions
from ..worker.history import Message, check_messages, pending_calls
from ..worker.operation import Kind, Operation
from ..worker.reply import Reply
from .asking import Question

if TYPE_CHECKING:
    from .remote_model import RemoteModel


class RemoteSession:
    """As `ChatSession`, for a bridge. It keeps a copy of the conversation, renewed when a prompt has ended."""

    def __init__(self, model: RemoteModel, options: SessionOptions, history: list[Message] | None = None) -> None:
        self.id = uuid.uuid4().hex
        self._model = model
        self._bridge = model._bridge
        self._options = options
        self._history = _beginning(options) if history is None else history
        self._window: list[Message] | None = None
        self._running: set[Operation[Reply, str]] = set()

    @property
    def model(self) -> RemoteModel:
        return self._model

    def prompt(self, text: str, options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """As `ChatSession.prompt`."""
        facts = {"prompt": _checked_text(text)}
        return self._ask("prompt", PromptRequest, Question(options, changes), facts)

    def answer_calls(
        self, results: Mapping[str, Any], options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """As `ChatSession.answer_calls`."""
        waiting = {call["id"] for call in pending_calls(self._history)}
        if unknown := results.keys() - waiting or ({""} if not waiting else set()):
            raise InvalidOptionsError(f"No call {min(unknown)!r} waits for a result.", path="results")
        return self._ask("prompt", AnswerCalls, Question(options, changes), {"results": dict(results)})

    def preload(self, text: str = "", options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """As `ChatSession.preload`."""
        question = Question(options, {**changes, "max_tokens": 0})
        return self._aside(Preload, question, text)

    def complete_prompt(
        self, text: str, options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """As `ChatSession.complete_prompt`."""
        question = Question(options, {"max_tokens": 64, **changes} if options is None else changes)
        return self._aside(CompletePrompt, question, _checked_text(text))

    def get_chat_history(self) -> list[Message]:
        """As `ChatSession.get_chat_history`."""
        return copy.deepcopy(self._history)

    def get_context_window(self) -> list[Message]:
        """As `ChatSession.get_context_window`."""
        return copy.deepcopy(self._history if self._window is None else self._window)

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """As `ChatSession.set_chat_history`."""
        self._history, self._window = check_messages(messages), None
        self._bridge.post(SetChatHistory, messages=copy.deepcopy(self._history), session=self.id)

    def reset_chat_history(self) -> None:
        """As `ChatSession.reset_chat_history`."""
        self._history, self._window = _beginning(self._options), None
        self._bridge.post(ResetChatHistory, session=self.id)

    def fork(self) -> RemoteSession:
        """As `ChatSession.fork`."""
        other = RemoteSession(self._model, self._options, self.get_chat_history())
        other._window = copy.deepcopy(self._window)
        self._bridge.post(ForkSession, session=self.id, session_id=other.id)
        return other

    async def count_tokens(self) -> int:
        """As `ChatSession.count_tokens`."""
        return int(await self._bridge.value(CountTokens, session=self.id))

    async def save(self, path: str | os.PathLike[str], *, include_state: bool = False) -> None:
        """As `ChatSession.save`; the file is written on the worker's machine."""
        facts = {"path": os.fspath(path), "include_state": include_state, "session": self.id}
        before = tuple(self._running)
        await self._bridge.request(SaveSession, **facts)
        for operation in before:
            await asyncio.wait([operation._task])

    async def refresh(self) -> None:
        """For the bridge: learn what the conversation is now. A port that is gone has nothing to tell."""
        try:
            self._history = await self._bridge.value(GetChatHistory, session=self.id)
            self._window = await self._bridge.value(GetContextWindow, session=self.id)
            await self._model.refresh()
        except LlamaWorkerError:
            return

    def _ask(
        self, kind: Kind, message: Callable[..., Incoming], question: Question, facts: dict[str, Any]
    ) -> Operation[Reply, str]:
        self._model._ensure_loaded()
        more = {"functions": question.sent_functions, "session": self.id}
        operation = self._bridge.ask(kind, question, self.refresh, message, **facts, **more)
        self._running.add(operation)
        operation.add_done_callback(self._running.discard)
        return operation

    def _aside(self, message: Callable[..., Incoming], question: Question, text: str) -> Operation[Reply, str]:
        self._model._ensure_loaded()
        return self._bridge.ask("completion", question, self._model.refresh, message, prompt=text, session=self.id)

    def __del__(self) -> None:
        self._bridge.close_session(self.id)


def _beginning(options: SessionOptions) -> list[Message]:
    prompt = options.system_prompt
    return [{"role": "system", "content": prompt}] if prompt is not None else []


def _checked_text(text: str) -> str:
    return check_messages([{"role": "user", "content": text}])[0]["content"] or ""
