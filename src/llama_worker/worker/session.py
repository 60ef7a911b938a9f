"""A conversation with a model."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InvalidOptionsError
from ..options import PromptOptions, SessionOptions, build_options
from .extras import split_extras
from .history import Message, call_results, check_messages, pending_calls
from .operation import Operation
from .reply import Reply
from .request import Asked, check_options
from .room import Count, Overflow, Strategy, apply_strategy, drop_oldest
from .saving import save_session
from .schemas import encode
from .tokens import count_tokens
from .turn import Turn
from .typed import user_completion
from .window import Window

if TYPE_CHECKING:
    from .model import Model


class ChatSession:
    """Remembers what was said and sends it along; created by `model.create_session()`.

    Prompts of one session run one after the other, in the order of the calls; different sessions run at once.
    """

    def __init__(self, model: Model, options: SessionOptions, strategy: Strategy | None = None) -> None:
        self._model = model
        self._options = options
        self._strategy = strategy
        self._turn = asyncio.Lock()
        self._window = Window()
        self._history: list[Message] = []
        self.reset_chat_history()

    @property
    def model(self) -> Model:
        return self._model

    def prompt(self, text: str, options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """Ask, and stream or await the answer. Raises `InvalidOptionsError` at once.

        Keyword arguments are the fields of `PromptOptions`, and three more: `functions`, what the model may call
        (callables, `FunctionDefinition`s, definitions in the field's usual form, or {name: {description, params,
        handler}}); `response_format`, a pydantic model, msgspec Struct, dataclass, TypedDict or JSON schema that
        `reply.parsed` will be a value of; `approve`, asked before each call.

        When it ends, the history holds the question and the answer, with the calls between them. An abort keeps the
        part of the answer that was generated; a question whose answer had not begun, or failed, leaves the history
        as it was. Calls that nobody answered before this prompt are answered with "not made".
        """
        message: Message = {"role": "user", "content": _checked_text(text)}
        return self._ask(lambda: [*call_results(self._history, {}), message], options, changes)

    def answer_calls(
        self, results: Mapping[str, Any], options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """Go on after a reply whose `finish_reason` is "tool_calls", with {call id: result}.

        For functions without a handler. Give the same `functions` again if more calls may come. Raises
        `InvalidOptionsError` at once when no call waits, or none of that id.
        """
        waiting = {call["id"] for call in pending_calls(self._history)}
        if unknown := results.keys() - waiting or ({""} if not waiting else set()):
            raise InvalidOptionsError(f"No call {min(unknown)!r} waits for a result.", path="results")
        texts = {id: value if isinstance(value, str) else encode(value) for id, value in results.items()}
        return self._ask(lambda: call_results(self._history, texts), options, changes)

    def preload(self, text: str = "", options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """Let the engine read the conversation, and the beginning of a prompt, before it is asked; nothing is kept
        in the history. The answer to a prompt that begins so comes sooner. Raises `InvalidOptionsError` at once."""
        checked = build_options(PromptOptions, options, {**changes, "max_tokens": 0})
        message: Message = {"role": "user", "content": text}
        tail = [message] if text else []
        return self._aside(lambda: [*self._view(), *tail], checked)

    def complete_prompt(
        self, text: str, options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """How the user might go on with a prompt that begins with `text`; leaves no trace in the history.

        `max_tokens` is 64 unless given. Raises `InvalidOptionsError` at once.
        """
        given = {"max_tokens": 64, **changes} if options is None else changes
        checked = build_options(PromptOptions, options, given)
        check_options(checked)
        typed = _checked_text(text)
        generation = self._model._generation(owner=self)

        async def complete(operation: Operation[Reply, str]) -> Reply:
            engine = await self._model._engine()
            asked = await user_completion(engine, self._view(), typed, checked)
            return await generation.run(operation, asked)

        return self._model._start("completion", complete, generation, checked)

    def get_chat_history(self) -> list[Message]:
        """The messages so far, as a copy; also those that no longer fit into the context."""
        return copy.deepcopy(self._history)

    def get_context_window(self) -> list[Message]:
        """The messages that the model sees, as a copy: the history, less what did not fit."""
        return copy.deepcopy(self._view())

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Replace the conversation. Raises `InvalidOptionsError` naming the message that is wrong."""
        self._history = check_messages(messages)
        self._window = Window()

    def reset_chat_history(self) -> None:
        """Forget everything but the system prompt."""
        prompt = self._options.system_prompt
        self._history = [{"role": "system", "content": prompt}] if prompt is not None else []
        self._window = Window()

    def fork(self) -> ChatSession:
        """Another session with the same conversation so far; from here on the two go their own ways."""
        other = ChatSession(self._model, self._options, self._strategy)
        other._restore(self.get_chat_history(), self._window)
        return other

    async def count_tokens(self) -> int:
        """Tokens of the conversation as the model sees it now, chat template included."""
        return await count_tokens(await self._model._engine(), self._view(), {})

    async def save(self, path: str | os.PathLike[str], *, include_state: bool = False) -> None:
        """Write the conversation to a file, whole or not at all, after the prompts that run.

        `include_state` adds what the engine has computed of it, so that the first prompt after `model.load_session`
        does not read the conversation again; that takes some kilobytes to a megabyte for each token, by the size of
        the model.
        """
        async with self._turn:
            await save_session(self._model, self, path, include_state=include_state)

    def _view(self) -> list[Message]:
        return self._window.view(self._history)

    def _restore(self, history: list[Message], window: Window) -> None:
        self._history, self._window = history, window

    def _ask(self, new: Any, options: PromptOptions | None, changes: dict[str, Any]) -> Operation[Reply, str]:
        extras, changes = split_extras(changes)
        checked = build_options(PromptOptions, options, changes)
        turn = Turn.prepare(self._model, self, checked, extras)

        async def answer(operation: Operation[Reply, str]) -> Reply:
            async with self._turn:
                return await self._answer(turn, new(), operation)

        return self._model._start("prompt", answer, turn, checked)

    async def _answer(self, turn: Turn, new: list[Message], operation: Operation[Reply, str]) -> Reply:
        history = self._history
        try:
            reply = await turn.run(
                operation, [*self._view(), *new], make_room=self._make_room, dropped=self._window.dropped
            )
        except asyncio.CancelledError:
            if said := turn.cut():
                self._remember(history, [*new, *said], turn)
            raise
        self._remember(history, [*new, *turn.said], turn)
        return reply

    def _remember(self, history: list[Message], new: list[Message], turn: Turn) -> None:
        """Add to the history, unless it was replaced meanwhile."""
        if self._history is not history:
            return
        self._history = [*history, *new]
        if turn.seen is not None:
            self._window = Window(turn.seen, len(history) + len(new))

    async def _make_room(self, messages: list[Message], count: Count) -> list[Message] | None:
        size = self._model.info.context_size
        limit = int(size * (1 - self._options.overflow_reserve))
        if self._strategy is not None:
            overflow = Overflow(messages, await count(messages), size, limit, count)
            return await apply_strategy(self._strategy, overflow)
        if self._options.overflow == "error":
            return None
        return await drop_oldest(messages, limit, count)

    def _aside(self, messages: Any, options: PromptOptions) -> Operation[Reply, str]:
        """A generation that the history does not learn of."""
        check_options(options)
        generation = self._model._generation(owner=self)

        async def run(operation: Operation[Reply, str]) -> Reply:
            return await generation.run(operation, Asked(options=options, messages=tuple(messages())))

        return self._model._start("completion", run, generation, options)


def _checked_text(text: str) -> str:
    message = check_messages([{"role": "user", "content": text}])[0]
    return message["content"] or ""
