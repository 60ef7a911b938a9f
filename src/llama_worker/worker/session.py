"""A conversation with a model."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..options import PromptOptions, SessionOptions, build_options
from .generation import Generation
from .history import Message, check_messages
from .operation import Operation
from .reply import Reply
from .request import chat_request

if TYPE_CHECKING:
    from .model import Model


class ChatSession:
    """Remembers what was said and sends it along; created by `model.create_session()`.

    Prompts of one session run one after the other, in the order of the calls; different sessions run at once.
    """

    def __init__(self, model: Model, options: SessionOptions) -> None:
        self._model = model
        self._options = options
        self._turn = asyncio.Lock()
        self._history: list[Message] = []
        self.reset_chat_history()

    @property
    def model(self) -> Model:
        return self._model

    def prompt(self, text: str, options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """Ask, and stream or await the answer. Raises `InvalidOptionsError` at once.

        When it ends, the history holds the question and the answer. An abort keeps the part of the answer that was
        generated; a question whose answer had not begun, or failed, leaves the history as it was.
        """
        return self._ask({"role": "user", "content": _checked_text(text)}, options, changes)

    def get_chat_history(self) -> list[Message]:
        """The messages so far, as a copy."""
        return copy.deepcopy(self._history)

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Replace the conversation. Raises `InvalidOptionsError` naming the message that is wrong."""
        self._history = check_messages(messages)

    def reset_chat_history(self) -> None:
        """Forget everything but the system prompt."""
        prompt = self._options.system_prompt
        self._history = [{"role": "system", "content": prompt}] if prompt is not None else []

    def _ask(self, message: Message, options: PromptOptions | None, changes: dict[str, Any]) -> Operation[Reply, str]:
        checked = build_options(PromptOptions, options, changes)
        generation = self._model._generation(owner=self)

        async def answer(operation: Operation[Reply, str]) -> Reply:
            async with self._turn:
                return await self._answer(message, checked, generation, operation)

        return self._model._start("prompt", answer, generation, checked)

    async def _answer(
        self, message: Message, options: PromptOptions, generation: Generation, operation: Operation[Reply, str]
    ) -> Reply:
        asked = [*self._history, message]
        try:
            reply = await generation.run(operation, chat_request(asked, options))
        except asyncio.CancelledError:
            if generation.started:
                self._history = [*asked, _said(generation.partial())]
            raise
        self._history = [*asked, _said(reply)]
        return reply


def _said(reply: Reply) -> Message:
    return {"role": "assistant", "content": reply.text}


def _checked_text(text: str) -> str:
    message = check_messages([{"role": "user", "content": text}])[0]
    return message["content"] or ""
