"""A conversation with a model."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from ...engine.api.endpoints import count_chat_tokens
from ...errors import MalformedOutputError
from ...options import PromptOptions, SessionOptions
from ...options.keywords import PromptOptionKeywords
from ...options.signatures import lists_options, with_defaults
from ..conversation import Message, answers_to_calls, check_messages, check_results, check_text, closed_turn
from ..generation.completion import COMPLETION_TOKENS, preload_arguments, user_completion, user_completion_arguments
from ..generation.prompt_arguments import PromptArguments
from ..generation.prompt_keywords import PromptKeywords
from ..generation.request import GenerationRequest
from ..inert.policy import Policy
from ..journal.recorder import Recorder
from ..media.content import check_content, check_total
from ..media.values import Content
from ..operations.operation import Operation
from ..reply import Parsed, Reply
from .history import History, OpenTurn
from .next_prompt import as_seen
from .overflow import Strategy, make_room
from .saving import save_session
from .turn import Turn

if TYPE_CHECKING:
    from ..model import Model


@lists_options
class ChatSession:
    """Remembers what was said and sends it along; created by `model.create_session()`.

    Prompts of one session run one after the other, in the order of the calls; different sessions run at once.
    """

    def __init__(
        self,
        model: Model,
        options: SessionOptions,
        strategy: Strategy | None = None,
        history: History | None = None,
    ) -> None:
        self._model = model
        self._runtime = model.runtime
        self._options = options
        self._strategy = strategy
        self._history = history or History(options, Recorder(self._runtime.journal, options))
        self._asked = PromptArguments(options=PromptOptions())
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        left_out = f", the oldest {self._history.window.dropped} left out" if self._history.window.dropped else ""
        return f"<ChatSession with {self._model.name} ({len(self._history.messages)} messages{left_out})>"

    @property
    def id(self) -> str:
        """What `model.resume_session` finds it by, when the worker keeps a journal."""
        return self._history.recorder.id

    @property
    def system_prompt(self) -> str | None:
        """What it began with; `reset_chat_history` begins with it again."""
        return self._options.system_prompt

    @property
    def model(self) -> Model:
        return self._model

    def prompt(
        self,
        content: Content,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Ask, and stream or await the answer. Raises `InvalidOptionsError` at once.

        `content` is text, or a list of texts, `Image`s and `Audio`s, or of parts in OpenAI's form. Awaiting it raises
        `MediaNotSupportedError` where the model cannot read them.

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
        return self._ask(arguments, {}, {"role": "user", "content": check_content(content, "prompt")})

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
        texts = check_results(results, self._history.messages)
        return self._ask(arguments, texts)

    @with_defaults(max_tokens=0)
    def preload(
        self,
        content: Content = "",
        options: PromptOptions | None = None,
        /,
        **changes: Unpack[PromptOptionKeywords],
    ) -> Operation[Reply, str]:
        """Let the engine read the conversation, and the beginning of a prompt, before it is asked; nothing is kept
        in the history. The answer to a prompt that begins so comes sooner. Raises `InvalidOptionsError` at once."""
        checked = self._within(preload_arguments(options, changes)).options
        asked = check_content(content, "prompt")
        tail: list[Message] = [{"role": "user", "content": asked}] if asked else []
        generation = self._runtime.generation(owner=self)

        async def read(operation: Operation[Reply, str]) -> Reply:
            before = closed_turn(self._history.messages) if tail else ()
            messages = self._inert([*self._history.view(), *before, *tail], checked)
            return await generation.run(operation, GenerationRequest(options=checked, messages=messages))

        return self._runtime.generate("completion", read, generation.partial, checked)

    @with_defaults(max_tokens=COMPLETION_TOKENS)
    def complete_prompt(
        self, text: str, options: PromptOptions | None = None, /, **changes: Unpack[PromptOptionKeywords]
    ) -> Operation[Reply, str]:
        """How the user might go on with a prompt that begins with `text`; leaves no trace in the history.

        `max_tokens` is 64 unless given. Raises `InvalidOptionsError` at once.
        """
        arguments = self._within(user_completion_arguments(options, changes))
        check_text(text)
        generation = self._runtime.generation(owner=self)

        async def complete(operation: Operation[Reply, str]) -> Reply:
            engine = await self._runtime.engine()
            before = [*self._history.view(), *closed_turn(self._history.messages)]
            *before, typed = self._inert([*before, {"role": "user", "content": text}], arguments.options)
            request = await user_completion(engine, before, typed, arguments)
            return arguments.parsed(await generation.run(operation, request))

        return self._runtime.generate("completion", complete, generation.partial, arguments.options)

    def get_chat_history(self) -> list[Message]:
        """The messages so far, as a copy; also those that no longer fit into the context."""
        return copy.deepcopy(self._history.messages)

    def get_context_window(self) -> list[Message]:
        """The messages that the model sees, as a copy: the history, less what did not fit."""
        return copy.deepcopy(self._history.view())

    def set_chat_history(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Replace the conversation. Raises `InvalidOptionsError` naming the message that is wrong."""
        self._history.replace(check_messages(messages))

    def reset_chat_history(self) -> None:
        """Forget everything but the system prompt."""
        self._history.reset()

    def fork(self) -> ChatSession:
        """Another session with the same conversation so far; from here on the two go their own ways."""
        recorder = Recorder(self._runtime.journal, self._options)
        return ChatSession(self._model, self._options, self._strategy, self._history.forked(recorder))

    async def flush(self) -> None:
        """Return when the journal, if the worker keeps one, has the conversation as it is now.

        What is awaited sees to that by itself; `set_chat_history`, `reset_chat_history` and `fork` are written in the
        background. Raises `SessionFileError`, `SessionConflictError` or `InvalidSessionFileError`.
        """
        await self._history.recorder.flush()

    async def claim_id(self, session_id: str) -> None:
        """For ports: be known by that id. Raises `InvalidOptionsError` when the journal has it."""
        await self._history.recorder.claim_id(session_id)

    async def count_tokens(self) -> int:
        """Tokens of the conversation as the model sees it now, chat template included."""
        return await count_chat_tokens(await self._runtime.engine(), self._inert(self._history.view()), {})

    async def save(self, path: str | os.PathLike[str], *, include_state: bool = False) -> None:
        """Write the conversation to a file, whole or not at all, after the prompts that run.

        `include_state` adds what the engine has computed of it, so that the first prompt after `model.load_session`
        does not read the conversation again; that takes some kilobytes to a megabyte for each token, by the size of
        the model. Raises `InvalidOptionsError` for a path that can be none, and `SessionFileError` (an OSError) when
        the file cannot be written.
        """
        async with self._lock:
            view = self._history.view() if include_state else ()
            seen = as_seen(self._runtime.guard, view, self._asked, self._options)
            await save_session(self._runtime, self._options, self._history, path, seen)

    def _inert(self, messages: Sequence[Message], options: PromptOptions | None = None) -> tuple[Message, ...]:
        return tuple(self._runtime.guard.messages(messages, Policy.of(options, self._options)))

    def _within(self, arguments: PromptArguments) -> PromptArguments:
        return arguments.within(self._options).with_effort(self._runtime.guard.template)

    def _ask(
        self, arguments: PromptArguments, results: Mapping[str, str], question: Message | None = None
    ) -> Operation[Reply[Any], str]:
        """Answer the conversation, the results of calls that wait for one, and the question."""
        arguments = self._within(arguments)
        turn = Turn(self._runtime, self, arguments, self._options)

        async def answer(operation: Operation[Reply, str]) -> Reply:
            async with self._lock:
                self._asked, before = await turn.open(), self._history.messages
                new = [*closed_turn(before), question] if question else answers_to_calls(before, results)
                messages = [*self._history.view(), *new]
                check_total(messages)
                async with self._history.turn(new, self._asked) as recorded:
                    return await self._answer(turn, recorded, messages, operation)

        return self._runtime.generate("prompt", answer, turn.partial, arguments.options)

    async def _answer(
        self, turn: Turn, recorded: OpenTurn, messages: list[Message], operation: Operation[Reply, str]
    ) -> Reply:
        room = partial(make_room, self._options, self._strategy, self._runtime.settings.context_size)
        try:
            dropped = self._history.window.dropped
            reply = await turn.run(operation, messages, make_room=room, dropped=dropped, recorded=recorded)
        except (asyncio.CancelledError, MalformedOutputError):
            turn.close()
            recorded.remember(turn.messages, turn.seen)
            raise
        recorded.remember(turn.messages, turn.seen)
        return reply
