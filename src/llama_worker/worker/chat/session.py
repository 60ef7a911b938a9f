"""A conversation with a model."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, Unpack

from ...engine.api.endpoints import count_chat_tokens
from ...options import PromptOptions, SessionOptions
from ...options.keywords import PromptOptionKeywords
from ...options.signatures import lists_options, with_defaults
from ..conversation import Message, call_results, check_messages, check_results, check_text, closed_turn
from ..generation.completion import (
    COMPLETION_TOKENS,
    preload_arguments,
    user_completion,
    user_completion_arguments,
)
from ..generation.prompt_arguments import PromptArguments
from ..generation.prompt_keywords import PromptKeywords
from ..generation.request import GenerationRequest
from ..inert.policy import Policy
from ..operations.operation import Operation
from ..reply import Parsed, Reply
from .context_window import ContextWindow
from .overflow import CountTokens, Overflow, Strategy, apply_strategy, drop_oldest
from .saving import save_session
from .session_file import SessionRecord
from .turn import Turn

if TYPE_CHECKING:
    from ..model import Model


@lists_options
class ChatSession:
    """Remembers what was said and sends it along; created by `model.create_session()`.

    Prompts of one session run one after the other, in the order of the calls; different sessions run at once.
    """

    def __init__(self, model: Model, options: SessionOptions, strategy: Strategy | None = None) -> None:
        self._model = model
        self._runtime = model.runtime
        self._options = options
        self._strategy = strategy
        self._lock = asyncio.Lock()
        self._window = ContextWindow()
        self._history: list[Message] = []
        self.reset_chat_history()

    @classmethod
    def restored(cls, model: Model, record: SessionRecord) -> Self:
        """The session that was saved as `record`."""
        session = cls(model, record.options)
        session._history, session._window = record.history, ContextWindow(record.instead, record.covered)
        return session

    def __repr__(self) -> str:
        left_out = f", the oldest {self._window.dropped} left out" if self._window.dropped else ""
        return f"<ChatSession with {self._model.name} ({len(self._history)} messages{left_out})>"

    @property
    def model(self) -> Model:
        return self._model

    def prompt(
        self,
        text: str,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Ask, and stream or await the answer. Raises `InvalidOptionsError` at once.

        Keyword arguments are the fields of `PromptOptions`, and three more: `functions`, what the model may call
        (callables, `FunctionDefinition`s, definitions in the field's usual form, or {name: {description, params,
        handler}}); `response_format`, a pydantic model, msgspec Struct, dataclass, TypedDict or JSON schema that
        `reply.parsed` will be a value of; `approve`, asked before each call.

        When it ends, the history holds the question and the answer, with the calls between them. An abort keeps the
        part of the answer that was generated, calls and their results too, as a whole turn: calls without a result are
        answered with "not made". A question whose answer had not begun, or failed, leaves the history as it was. Calls
        that nobody answered before this prompt are answered with "not made" as well.
        """
        arguments = PromptArguments.read(options, changes)
        return self._ask(arguments, {}, {"role": "user", "content": check_text(text)})

    def answer_calls(
        self,
        results: Mapping[str, Any],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Go on after a reply whose `finish_reason` is "tool_calls", with {call id: result}.

        For functions without a handler. Give the same `functions` again if more calls may come. Raises
        `InvalidOptionsError` at once when no call waits, or none of that id.
        """
        arguments = PromptArguments.read(options, changes)
        texts = check_results(results, self._history)
        return self._ask(arguments, texts)

    @with_defaults(max_tokens=0)
    def preload(
        self,
        text: str = "",
        options: PromptOptions | None = None,
        /,
        **changes: Unpack[PromptOptionKeywords],
    ) -> Operation[Reply, str]:
        """Let the engine read the conversation, and the beginning of a prompt, before it is asked; nothing is kept
        in the history. The answer to a prompt that begins so comes sooner. Raises `InvalidOptionsError` at once."""
        checked = preload_arguments(options, changes).options
        tail: list[Message] = [{"role": "user", "content": check_text(text)}] if text else []
        generation = self._runtime.generation(owner=self)

        async def read(operation: Operation[Reply, str]) -> Reply:
            messages = await self._inert([*self._view(), *(closed_turn(self._history) if tail else ()), *tail], checked)
            return await generation.run(operation, GenerationRequest(options=checked, messages=messages))

        return self._runtime.generate("completion", read, generation.partial, checked)

    @with_defaults(max_tokens=COMPLETION_TOKENS)
    def complete_prompt(
        self, text: str, options: PromptOptions | None = None, /, **changes: Unpack[PromptOptionKeywords]
    ) -> Operation[Reply, str]:
        """How the user might go on with a prompt that begins with `text`; leaves no trace in the history.

        `max_tokens` is 64 unless given. Raises `InvalidOptionsError` at once.
        """
        arguments = user_completion_arguments(options, changes)
        check_text(text)
        generation = self._runtime.generation(owner=self)

        async def complete(operation: Operation[Reply, str]) -> Reply:
            engine = await self._runtime.engine()
            before = [*self._view(), *closed_turn(self._history)]
            *before, typed = await self._inert([*before, {"role": "user", "content": text}], arguments.options)
            request = await user_completion(engine, before, typed, arguments)
            return arguments.parsed(await generation.run(operation, request))

        return self._runtime.generate("completion", complete, generation.partial, arguments.options)

    def get_chat_history(self) -> list[Message]:
        """The messages so far, as a copy; also those that no longer fit into the context."""
        return copy.deepcopy(self._history)

    def get_context_window(self) -> list[Message]:
        """The messages that the model sees, as a copy: the history, less what did not fit."""
        return copy.deepcopy(self._view())

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Replace the conversation. Raises `InvalidOptionsError` naming the message that is wrong."""
        self._history = check_messages(messages)
        self._window = ContextWindow()

    def reset_chat_history(self) -> None:
        """Forget everything but the system prompt."""
        prompt = self._options.system_prompt
        self._history = [{"role": "system", "content": prompt}] if prompt is not None else []
        self._window = ContextWindow()

    def fork(self) -> ChatSession:
        """Another session with the same conversation so far; from here on the two go their own ways."""
        other = ChatSession(self._model, self._options, self._strategy)
        other._history, other._window = self.get_chat_history(), self._window
        return other

    async def count_tokens(self) -> int:
        """Tokens of the conversation as the model sees it now, chat template included."""
        return await count_chat_tokens(await self._runtime.engine(), await self._inert(self._view()), {})

    async def save(self, path: str | os.PathLike[str], *, include_state: bool = False) -> None:
        """Write the conversation to a file, whole or not at all, after the prompts that run.

        `include_state` adds what the engine has computed of it, so that the first prompt after `model.load_session`
        does not read the conversation again; that takes some kilobytes to a megabyte for each token, by the size of
        the model. Raises `InvalidOptionsError` for a path that can be none, and `SessionFileError` (an OSError) when
        the file cannot be written.
        """
        async with self._lock:
            seen = await self._inert(self._view()) if include_state else ()
            await save_session(self._runtime, self._options, self._history, self._window, path, seen)

    def _view(self) -> list[Message]:
        return self._window.view(self._history)

    async def _inert(self, messages: Sequence[Message], options: PromptOptions | None = None) -> tuple[Message, ...]:
        return tuple(await self._runtime.guard.messages(messages, Policy.of(options, self._options)))

    def _ask(
        self, arguments: PromptArguments, results: Mapping[str, str], question: Message | None = None
    ) -> Operation[Reply[Any], str]:
        """Answer the conversation, the results of calls that wait for one, and the question."""
        turn = Turn(self._runtime, self, arguments, self._options)

        async def answer(operation: Operation[Reply, str]) -> Reply:
            async with self._lock:
                new = [*closed_turn(self._history), question] if question else call_results(self._history, results)
                return await self._answer(turn, new, operation)

        return self._runtime.generate("prompt", answer, turn.partial, arguments.options)

    async def _answer(self, turn: Turn, new: list[Message], operation: Operation[Reply, str]) -> Reply:
        history = self._history
        try:
            reply = await turn.run(
                operation, [*self._view(), *new], make_room=self._make_room, dropped=self._window.dropped
            )
        except asyncio.CancelledError:
            turn.close()
            if turn.messages:
                self._remember(history, [*new, *turn.messages], turn)
            raise
        self._remember(history, [*new, *turn.messages], turn)
        return reply

    def _remember(self, history: list[Message], new: Sequence[Message], turn: Turn) -> None:
        """Add to the history, unless it was replaced meanwhile."""
        if self._history is not history:
            return
        self._history = [*history, *new]
        if turn.seen is not None:
            self._window = ContextWindow(turn.seen, len(history) + len(new))

    async def _make_room(self, messages: list[Message], count: CountTokens) -> list[Message] | None:
        size = self._runtime.settings.context_size
        limit = int(size * (1 - self._options.overflow_reserve))
        if self._strategy is not None:
            overflow = Overflow(messages, await count(messages), size, limit, count)
            return await apply_strategy(self._strategy, overflow)
        if self._options.overflow == "error":
            return None
        return await drop_oldest(messages, limit, count)
