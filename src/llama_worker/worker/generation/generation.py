"""One answer on its way: from what was asked to a reply, over any number of pauses."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from msgspec import structs

from ...engine.api.chunks import Chunk
from ...engine.engine import Engine
from ...engine.supervisor import EngineSupervisor
from ...engine.transport.exchange import EngineConnectionLost
from ...errors import EngineDiedError, MalformedOutputError, SharedContextFullError
from ...messages.events import EngineReduced
from ...messages.values import FinishReason, TokenLogprob
from ..operations.operation import Operation
from ..operations.operation_log import log_text
from ..reply import Reply
from ..states.keeper import StateKeeper
from .generated import Generated, TakenBack
from .output import Output, logprob_of, progress_of_prompt
from .reasoning.budget import ReasoningBudget, budget_of, ended
from .reasoning.output import ReasoningOutput
from .reproducible import ready_to_reproduce, steady_threads
from .request import GenerationRequest, build_request
from .resuming import can_go_on, rewind
from .shared_room import likely_tokens
from .slot_queue import Place, SlotQueue
from .tool_calls import ToolCallCollector
from .usage import UsageCounter

_FINISH_REASONS: dict[str, FinishReason] = {"length": "length", "tool_calls": "tool_calls"}


class Generation:
    """Runs what was asked and collects what comes back; `partial()` is the reply so far, at any time.

    It can be run again with fewer messages when the context was full; it then goes on where it stopped.
    """

    def __init__(self, supervisor: EngineSupervisor, queue: SlotQueue, states: StateKeeper, owner: Hashable) -> None:
        self._supervisor = supervisor
        self._states = states
        self._queue = queue
        self._owner = owner
        self._generated = Generated()
        self._calls = ToolCallCollector()
        self._usage = UsageCounter()
        self._output: Output | None = None
        self._logprobs: list[TokenLogprob] = []
        self._finish_reason: FinishReason = "abort"
        self._reasoning = ReasoningOutput()
        self._alone = False
        self._budget: ReasoningBudget | None = None
        self._reasoned = self._enough = False
        self._completion_id = ""
        self._unread = ""
        self._request: GenerationRequest | None = None
        self.on_pause: Callable[[], object] = lambda: None
        """Called when it has been paused; what is `partial` then stays so for long."""

    @property
    def started(self) -> bool:
        """Whether anything of the answer is there."""
        return self._generated.begun or bool(self._output and self._output.text)

    @property
    def tokens(self) -> int:
        """Tokens of the answer so far."""
        return self._generated.tokens

    @property
    def _stopped(self) -> bool:
        return self._output is not None and self._output.stop_sequence is not None

    @property
    def _awaits_form(self) -> bool:
        """Whether it reasons still, freely, before the answer's form is asked for."""
        return self._budget is not None and self._budget.form_follows and not self._generated.closing

    @property
    def _is_reasoned(self) -> bool:
        """Whether the answer is to be begun from here."""
        return self._reasoned or (self._budget is not None and self._budget.is_spent(self._generated))

    @property
    def context_full(self) -> bool:
        """Whether the answer ended for want of room in the context."""
        return self._finish_reason == "length" and not self._usage.spent

    async def can_go_on(self, request: GenerationRequest) -> bool:
        """Whether it can go on where it stopped after other messages than those of `request`, with which it began."""
        return await can_go_on(request, self._generated, await self._supervisor.engine())

    async def run(self, operation: Operation[Reply, str], request: GenerationRequest, *, quiet: bool = False) -> Reply:
        """Wait for a slot, then stream; when paused, give the slot back and begin anew after `resume()`. Where a shared
        context was full, or an engine ran out of memory and was given less, it goes on where it was cut, too. Raises
        what the engine raises. `quiet` shows no text."""
        options = request.options
        self._calls.limit = options.max_parallel_function_calls
        self._alone = self._alone or options.reproducible
        if self._output is None:
            self._output = Output(operation, options, quiet=quiet)
        while True:
            if operation.gate.closed:
                await self._wait_while_paused(operation)
            try:
                if await operation.gate.run(self._attempt(operation, request)):
                    break
            except EngineDiedError as death:
                if not (death.out_of_memory and await self._supervisor.reduced_after(death)):
                    raise
                operation.report(EngineReduced(self._supervisor.reductions))
            except SharedContextFullError:
                if self._alone or self._queue.room is None:
                    raise
                self._alone = True
                operation.mark("queued")
            except MalformedOutputError as error:
                self._end_unread(error)
                raise
            self._calls.forget()  # a call that was cut is generated again
        self._output.finish()
        return self.partial()

    def _end_unread(self, error: MalformedOutputError) -> None:
        """What there is of an answer is kept; a call that could not be read is text, too."""
        assert self._output is not None
        self._output.finish()
        self._unread = self._calls.written()
        error.partial = self.partial()
        error.text = error.partial.text

    async def _wait_while_paused(self, operation: Operation[Reply, str]) -> None:
        operation.mark("paused")
        self.on_pause()
        await operation.gate.wait_open()
        operation.mark("queued")

    async def _attempt(self, operation: Operation[Reply, str], request: GenerationRequest) -> None:
        self._finish_reason, self._reasoned = "abort", False
        limit = request.options.max_tokens
        if limit is not None and self._generated.begun and self._generated.tokens >= limit:
            self._finish_reason = "length"
            return
        async with self._queue.slot(
            self._owner, request.options.evaluation_priority, tokens=self._likely_tokens(request), alone=self._alone
        ) as place:
            engine = await self._supervisor.engine()
            if request.options.reproducible:
                await ready_to_reproduce(engine)
            operation.mark("running")
            log_text(operation, "prompt", request.as_read)
            if self._generated.begun and request is self._request:
                self._take_back(await rewind(request, self._generated, engine))
            self._request = request
            self._budget = await budget_of(request, engine)
            first = structs.replace(request, schema=None) if self._awaits_form else request
            await self._ask(engine, first, operation, place)
            if self._budget and self._is_reasoned:
                self._generated.closing, self._reasoned = self._budget.closing, False
                await self._ask(engine, request, operation, place)

    def _likely_tokens(self, request: GenerationRequest) -> int:
        read = {"messages": list(request.messages or ()), "tools": request.tools, "prompt": request.prompt}
        return likely_tokens(read, request.options.max_tokens, self._queue.room) + self._generated.tokens

    async def _ask(
        self, engine: Engine, request: GenerationRequest, operation: Operation[Reply, str], place: Place
    ) -> None:
        self._usage.begin(request.options.max_tokens, self._generated.tokens)
        asked = await build_request(request, self._generated, engine)

        def hear(event: bytes) -> bool:
            """Whether anything is to be done before the next one."""
            chunk = asked.parse(event)
            self._enough = self._take(chunk, request, operation)
            self._completion_id = chunk.completion_id
            place.uses(self._usage.held)
            return self._enough or operation.thinking.enough or self._is_reasoned

        async with (
            steady_threads(engine, request.options.reproducible),
            self._states.prepared(engine, asked.path, asked.body) as prepared,
            prepared.stream(asked.path, asked.body, owner=self._owner) as events,
        ):
            while await events.until(hear):
                if operation.thinking.enough:
                    await self._answer_now(operation, request, engine)
                if self._enough or self._is_reasoned:
                    return  # which ends the request
            if self._finish_reason == "abort":
                raise EngineConnectionLost("the answer ended early")

    async def _answer_now(self, operation: Operation[Reply, str], request: GenerationRequest, engine: Engine) -> None:
        """Grant the wish for an answer, now or when there is reasoning that can end."""
        if self._generated.reasons:
            self._budget = self._budget or await ended(request, engine, self._completion_id)
            self._reasoned = self._budget is not None
        if self._generated.begun:
            operation.thinking.forget()

    def _take_back(self, taken_back: TakenBack) -> None:
        assert self._output is not None
        self._output.repeat(taken_back.text)
        self._reasoning.repeat(taken_back.reasoning)
        del self._logprobs[self._generated.tokens :]

    def _take(self, chunk: Chunk, request: GenerationRequest, operation: Operation[Reply, str]) -> bool:
        """Whether that was enough, and the engine need not go on."""
        self._usage.take(chunk.timings)
        if chunk.prompt_progress:
            operation.report(progress_of_prompt(chunk.prompt_progress))
        if chunk.reasoning:
            self._generated.add_reasoning(chunk.reasoning, self._usage.generated)
            self._reasoning.write(chunk.reasoning, operation)
        if self._awaits_form and (chunk.text or chunk.finish_reason == "stop"):
            self._reasoned = True
            return True
        if chunk.text and request.options.max_tokens != 0:
            self._write(chunk, request)
        if chunk.tool_calls:
            self._calls.take(chunk.tool_calls, operation)
        if chunk.finish_reason:
            self._finish_reason = _FINISH_REASONS.get(chunk.finish_reason, "stop")
        if cut := self._stopped or self._calls.beyond_limit:
            self._finish_reason = "stop_sequence" if self._stopped else "tool_calls"
        return cut

    def _write(self, chunk: Chunk, request: GenerationRequest) -> None:
        assert self._output is not None
        self._generated.add_text(chunk.text, chunk.tokens, self._usage.generated)
        if request.options.logprobs:
            self._logprobs.extend(logprob_of(token) for token in chunk.tokens)
        self._output.write(chunk.text)

    def partial(self) -> Reply:
        """The reply as far as it has come."""
        complete = self._finish_reason == "tool_calls"
        return Reply(
            text=self._output.text + self._unread if self._output else "",
            reasoning=self._generated.reasoning,
            finish_reason=self._finish_reason,
            usage=self._usage.usage,
            timings=self._usage.timings,
            stop_sequence=self._output.stop_sequence if self._output else None,
            tool_calls=self._calls.finished() if complete else (),
            logprobs=tuple(self._logprobs),
        )
