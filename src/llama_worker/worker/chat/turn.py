"""From a question to its answer: function calls, the form of the answer, and room in the context."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any

import msgspec

from ...engine.api.endpoints import count_chat_tokens
from ...engine.api.option_fields import template_options
from ...errors import ContextOverflowError, MalformedOutputError
from ...loggers import OPERATIONS
from ...messages.events import ContextShifted, Progress, TextDelta
from ...messages.values import Timings, Usage
from ...options import SessionOptions
from ..conversation import Message, closed_turn
from ..generation.prompt_arguments import PromptArguments
from ..generation.request import GenerationRequest
from ..inert.policy import Policy
from ..operations.operation import Operation
from ..reply import Reply
from ..runtime import ModelRuntime
from ..tools.toolbox import CHOICES, Toolbox
from .history import OpenTurn
from .overflow import CountTokens

MakeRoom = Callable[[list[Message], CountTokens], Awaitable[list[Message] | None]]


class Turn:
    """Answers a conversation. `messages` are those that came of it so far, always in a valid order."""

    def __init__(
        self, runtime: ModelRuntime, owner: Hashable, arguments: PromptArguments, session: SessionOptions | None = None
    ) -> None:
        self._runtime = runtime
        self._policy = Policy.of(arguments.options, session)
        self._owner = owner
        self._arguments = arguments
        self._options = arguments.options
        self._toolbox: Toolbox | None = None
        self._finished: list[Reply] = []
        self._generation = runtime.generation(owner)
        self._make_room: MakeRoom | None = None
        self._recorded: OpenTurn | None = None
        self._dropped = 0
        self._shortened = False
        self._seen: list[Message] = []
        self.messages: list[Message] = []

    @property
    def seen(self) -> list[Message] | None:
        """What the model saw and said, when that is less than it was asked with; else None."""
        return self._seen if self._shortened else None

    async def open(self) -> PromptArguments:
        """Before `run`: learn what functions there are. Gives what was asked, they included. Raises `McpServerError`,
        `MissingPackageError` and `InvalidOptionsError`."""
        self._arguments = await self._runtime.servers.opened(self._arguments)
        self._toolbox = self._arguments.toolbox()
        if self._toolbox is not None:
            self._toolbox.modalities = self._runtime.guard.modalities
        return self._arguments

    async def run(
        self,
        operation: Operation[Reply, str],
        messages: Sequence[Message],
        *,
        make_room: MakeRoom | None = None,
        dropped: int = 0,
        recorded: OpenTurn | None = None,
    ) -> Reply:
        """The whole reply. `make_room` shortens what does not fit, or gives None when it cannot; so many messages
        were `dropped` before. What comes of the turn is `recorded` as it comes, calls before they are made."""
        self._seen, self._make_room, self._dropped = list(messages), make_room, dropped
        self._recorded = recorded
        for round in range(1, self._options.max_function_rounds + 2):
            reply = await self._answer(operation, round)
            if not reply.tool_calls or self._toolbox is None or round > self._options.max_function_rounds:
                break
            self._add(_assistant_message(reply))
            if self._toolbox.waits(reply.tool_calls):
                return self._whole(reply)
            self._begin_another(reply)
            if recorded is not None:
                recorded.note(self.messages)
                await recorded.flush()
            self._toolbox.on_result = self._note
            for message in await self._toolbox.run(reply.tool_calls, operation, round):
                self._add(message)
        return await self._conclude(operation, reply)

    def _note(self, coming: Sequence[Message]) -> None:
        """Have it recorded what there is of the turn, and what is coming."""
        if self._recorded is not None:
            self._recorded.note([*self.messages, *coming])

    def _note_partial(self) -> None:
        if self._generation.started:
            self._note([_assistant_message(self._generation.partial())])

    async def _answer(self, operation: Operation[Reply, str], round: int) -> Reply:
        """One answer, which may call functions unless it is the last."""
        self._generation.on_pause = self._note_partial
        while True:
            request = self._request(round)
            quiet = self._arguments.response_format is not None and bool(request.tools)
            try:
                reply = await self._generation.run(operation, request, quiet=quiet)
            except ContextOverflowError:
                if not await self._shorten(operation):
                    raise
                continue
            except MalformedOutputError as error:
                error.partial = self.partial()
                raise
            if not self._generation.context_full or not await self._can_go_on(operation, request):
                calls = self._runtime.guard.calls(reply.tool_calls, self._policy)
                return msgspec.structs.replace(reply, tool_calls=calls)

    def first_request(self, messages: Sequence[Message]) -> GenerationRequest:
        """What is asked first for an answer to `messages`."""
        self._seen = list(messages)
        return self._request(1)

    def _request(self, round: int) -> GenerationRequest:
        tools = self._tools()
        choice = self._options.function_choice if round == 1 else "auto"
        if round > self._options.max_function_rounds:
            choice = "none"
        return GenerationRequest(
            options=self._options,
            messages=self._inert(self._seen),
            tools=tools,
            tool_choice=choice if choice in CHOICES else "required",
            schema=self._arguments.schema if not tools else None,
        )

    async def _can_go_on(self, operation: Operation[Reply, str], request: GenerationRequest) -> bool:
        """Make room for the rest of an answer; one that cannot go on, or has no room, just ends here."""
        try:
            return await self._generation.can_go_on(request) and await self._shorten(operation)
        except ContextOverflowError:
            return False

    async def _shorten(self, operation: Operation[Reply, str]) -> bool:
        if self._make_room is None:
            return False
        before = len(self._seen)
        shortened = await self._make_room(self._seen, self._count)
        if shortened is None:
            return False
        self._seen, self._shortened = shortened, True
        self._dropped += max(before - len(shortened), 0)
        OPERATIONS.debug("%s %s context shifted, %d messages left out", operation.kind, operation.id, self._dropped)
        operation.report(ContextShifted(self._dropped))
        return True

    async def _count(self, messages: Sequence[Message]) -> int:
        engine = await self._runtime.engine()
        generated = self._generation.tokens
        template, tools = template_options(self._options), self._tools()
        return generated + await count_chat_tokens(engine, self._inert(messages), template, tools)

    def _inert(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        return tuple(self._runtime.guard.messages(messages, self._policy))

    def _tools(self) -> tuple[dict[str, Any], ...]:
        return self._runtime.guard.tools(self._toolbox.tools, self._policy) if self._toolbox else ()

    async def _conclude(self, operation: Operation[Reply, str], reply: Reply) -> Reply:
        """The last answer: in the form that was asked for, and remembered."""
        if self._arguments.response_format is not None and self._toolbox is not None:
            reply = await self._in_format(operation, reply)
        whole = self._arguments.parsed(self._whole(reply))
        self._add(_assistant_message(reply))
        return whole

    async def _in_format(self, operation: Operation[Reply, str], reply: Reply) -> Reply:
        """A schema would have left no room for calls, so the free answer is shown if it fits, else asked for again."""
        assert self._arguments.response_format is not None
        if reply.finish_reason != "length" and self._arguments.response_format.fits(reply.text):
            operation.report(Progress(1.0))
            operation.report(TextDelta(reply.text))
            return reply
        self._begin_another(reply)
        seen = self._inert(self._seen)
        request = GenerationRequest(options=self._options, messages=seen, schema=self._arguments.schema)
        return await self._generation.run(operation, request)

    def _begin_another(self, reply: Reply) -> None:
        self._finished.append(reply)
        self._generation = self._runtime.generation(self._owner)

    def _add(self, message: Message) -> None:
        self.messages.append(message)
        self._seen.append(message)

    def partial(self) -> Reply:
        """The reply as far as it has come."""
        return self._whole(self._generation.partial())

    def close(self) -> None:
        """After an abort, or an answer that cannot be read: add what there is of it, and what a turn lacks that ends
        here."""
        partial = self._generation.partial()
        if self._generation.started or partial.tool_calls:
            self._add(_assistant_message(partial))
        for message in closed_turn(self.messages, self._toolbox.results if self._toolbox else {}):
            self._add(message)

    def _whole(self, reply: Reply) -> Reply:
        """`reply` with the counts of all rounds."""
        rounds = [*self._finished, reply]
        return msgspec.structs.replace(
            reply,
            usage=_total_usage([one.usage for one in rounds]),
            timings=_total_timings([one.timings for one in rounds]),
            reasoning="\n".join(one.reasoning for one in rounds if one.reasoning),
            dropped_messages=self._dropped,
        )


def _assistant_message(reply: Reply) -> Message:
    message: Message = {"role": "assistant", "content": reply.text}
    if reply.tool_calls:
        if reply.reasoning:
            message["reasoning_content"] = reply.reasoning  # some templates want it until the turn has ended
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in reply.tool_calls
        ]
    return message


def _total_usage(usages: Sequence[Usage]) -> Usage:
    names = Usage.__struct_fields__
    return Usage(**{name: sum(getattr(usage, name) for usage in usages) for name in names})


def _total_timings(timings: Sequence[Timings]) -> Timings:
    seconds = sum(one.completion_seconds for one in timings)
    tokens = sum(one.tokens_per_second * one.completion_seconds for one in timings)
    return Timings(
        prompt_seconds=sum(one.prompt_seconds for one in timings),
        completion_seconds=seconds,
        tokens_per_second=tokens / seconds if seconds > 0 else 0.0,
    )
