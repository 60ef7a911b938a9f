"""One answer on its way: from what was asked to a reply, over any number of pauses."""

from __future__ import annotations

from collections.abc import Hashable

from ..engine.chunks import Chunk, PromptProgress, SampledToken, TokenProbability
from ..engine.client import EngineConnectionLost
from ..engine.supervisor import EngineSupervisor
from .calls import CallCollector
from .events import Event, Progress, ReasoningDelta, TextDelta
from .operation import Operation
from .reply import FinishReason, Reply, TokenLogprob
from .request import Asked, build_request
from .resuming import rewind
from .said import Gone, Said
from .slot_queue import SlotQueue
from .tally import Tally
from .voice import Voice


class Generation:
    """Runs what was asked and collects what comes back; `partial()` is the reply so far, at any time.

    It can be run again with fewer messages when the context was full; it then goes on where it stopped.
    """

    def __init__(self, supervisor: EngineSupervisor, queue: SlotQueue, owner: Hashable) -> None:
        self._supervisor = supervisor
        self._queue = queue
        self._owner = owner
        self._said = Said()
        self._calls = CallCollector()
        self._tally = Tally()
        self._voice: Voice | None = None
        self._logprobs: list[TokenLogprob] = []
        self._finish_reason: FinishReason = "abort"
        self._reasoning_again = 0

    @property
    def started(self) -> bool:
        """Whether anything of the answer is there."""
        return bool(self._said)

    @property
    def tokens(self) -> int:
        """Tokens of the answer so far."""
        return self._said.tokens

    @property
    def _stopped(self) -> bool:
        return self._voice is not None and self._voice.stop_sequence is not None

    @property
    def context_full(self) -> bool:
        """Whether the answer ended for want of room in the context."""
        return self._finish_reason == "length" and not self._tally.spent

    async def run(self, operation: Operation[Reply, str], asked: Asked, *, quiet: bool = False) -> Reply:
        """Wait for a slot, then stream; when paused, give the slot back and begin anew after `resume()`.

        Raises what the engine raises. `quiet` shows no text.
        """
        options = asked.options
        self._calls.limit = options.max_parallel_function_calls
        if self._voice is None:
            self._voice = Voice(operation, options, quiet=quiet)
        while True:
            await self._rest(operation)
            if await operation.gate.run(self._attempt(operation, asked)):
                break
            self._calls.forget()  # a call that was cut is generated again
        self._voice.finish()
        return self.partial()

    async def _rest(self, operation: Operation[Reply, str]) -> None:
        if operation.gate.closed:
            operation.mark("paused")
            await operation.gate.wait_open()
            operation.mark("queued")

    async def _attempt(self, operation: Operation[Reply, str], asked: Asked) -> None:
        self._finish_reason = "abort"
        if self._said and self._said.tokens >= asked.options.max_tokens:
            self._finish_reason = "length"
            return
        async with self._queue.slot(self._owner, asked.options.evaluation_priority):
            engine = await self._supervisor.engine()
            operation.mark("running")
            if self._said:
                self._take_back(await rewind(asked, self._said, engine))
            self._tally.begin(asked.options.max_tokens, self._said.tokens)
            request = await build_request(asked, self._said, engine)
            async with engine.stream(request.path, request.body) as events:
                async for event in events:
                    self._take(request.parse(event), asked, operation)
                    if self._stopped or self._calls.beyond_limit:
                        return  # which ends the request
                if self._finish_reason == "abort":
                    raise EngineConnectionLost("the answer ended early")

    def _take_back(self, gone: Gone) -> None:
        assert self._voice is not None
        self._voice.repeat(gone.text)
        self._reasoning_again += len(gone.reasoning)
        del self._logprobs[self._said.tokens :]

    def _take(self, chunk: Chunk, asked: Asked, operation: Operation[Reply, str]) -> None:
        self._tally.take(chunk.timings)
        if chunk.prompt_progress:
            operation.report(_progress(chunk.prompt_progress))
        if chunk.reasoning:
            self._reason(chunk.reasoning, operation)
        if chunk.text and asked.options.max_tokens:
            self._say(chunk, asked)
        self._calls.take(chunk.tool_calls, operation)
        if self._stopped:
            self._finish_reason = "stop_sequence"
        elif self._calls.beyond_limit:
            self._finish_reason = "tool_calls"
        elif chunk.finish_reason:
            self._finish(chunk.finish_reason)

    def _reason(self, text: str, operation: Operation[Reply, str]) -> None:
        self._said.add_reasoning(text, self._tally.generated)
        new = text[self._reasoning_again :]
        self._reasoning_again -= len(text) - len(new)
        if new:
            operation.report(ReasoningDelta(new))

    def _say(self, chunk: Chunk, asked: Asked) -> None:
        assert self._voice is not None
        self._said.add_text(chunk.text, chunk.tokens, self._tally.generated)
        if asked.options.logprobs:
            self._logprobs.extend(_logprob(token) for token in chunk.tokens)
        self._voice.say(chunk.text)

    def _finish(self, reason: str) -> None:
        if reason == "length":
            self._finish_reason = "length"
        else:
            self._finish_reason = "tool_calls" if reason == "tool_calls" else "stop"

    def partial(self) -> Reply:
        """The reply as far as it has come."""
        complete = self._finish_reason == "tool_calls"
        return Reply(
            text=self._voice.text if self._voice else "",
            reasoning=self._said.reasoning,
            finish_reason=self._finish_reason,
            usage=self._tally.usage,
            timings=self._tally.timings,
            stop_sequence=self._voice.stop_sequence if self._voice else None,
            tool_calls=self._calls.finished() if complete else (),
            logprobs=tuple(self._logprobs),
        )


def _progress(progress: PromptProgress) -> Progress:
    return Progress(progress.processed / progress.total if progress.total else 0.0, "prompt")


def _logprob(token: SampledToken) -> TokenLogprob:
    return TokenLogprob(
        token.id, token.token, token.logprob, tuple(_alternative(other) for other in token.top_logprobs)
    )


def _alternative(token: TokenProbability) -> TokenLogprob:
    return TokenLogprob(token.id, token.token, token.logprob)


def text_of(event: Event) -> str | None:
    """What `async for text in operation` yields."""
    return event.text if isinstance(event, TextDelta) else None
