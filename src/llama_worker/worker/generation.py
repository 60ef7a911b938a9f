"""One answer on its way: from a request to a reply."""

from __future__ import annotations

from collections.abc import Hashable

from ..engine.chunks import Chunk, EngineTimings, PromptProgress
from ..engine.client import EngineConnectionLost
from ..engine.supervisor import EngineSupervisor
from .events import Event, Progress, ReasoningDelta, TextDelta
from .operation import Operation
from .reply import FinishReason, Reply, timings_from, usage_from
from .request import Request
from .slot_queue import SlotQueue


class Generation:
    """Runs one request and collects what comes back; `partial` is the reply so far, at any time."""

    def __init__(self, supervisor: EngineSupervisor, queue: SlotQueue, owner: Hashable) -> None:
        self._supervisor = supervisor
        self._queue = queue
        self._owner = owner
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._timings = EngineTimings()
        self._finish_reason: FinishReason = "abort"
        self._stop_sequence: str | None = None

    @property
    def started(self) -> bool:
        """Whether the user has seen anything of the answer."""
        return bool(self._text or self._reasoning)

    async def run(self, operation: Operation[Reply, str], request: Request) -> Reply:
        """Wait for a slot, then stream. Raises what the engine raises."""
        async with self._queue.slot(self._owner):
            engine = await self._supervisor.engine()
            operation.mark("running")
            async with engine.stream(request.path, request.body) as events:
                async for event in events:
                    self._take(request.parse(event), request, operation)
                if self._finish_reason == "abort":
                    raise EngineConnectionLost("the answer ended early")
        return self.partial()

    def _take(self, chunk: Chunk, request: Request, operation: Operation[Reply, str]) -> None:
        if chunk.timings:
            self._timings = chunk.timings
        if chunk.prompt_progress:
            operation.report(_progress(chunk.prompt_progress))
        if chunk.reasoning:
            self._reasoning.append(chunk.reasoning)
            operation.report(ReasoningDelta(chunk.reasoning))
        if chunk.text and request.options.max_tokens:
            self._say(chunk.text, request, operation)
        if chunk.finish_reason:
            self._finish(chunk)

    def _say(self, text: str, request: Request, operation: Operation[Reply, str]) -> None:
        if not self._text and request.options.response_prefix:
            text = request.options.response_prefix + text
        self._text.append(text)
        operation.report(Progress(1.0))
        operation.report(TextDelta(text))

    def _finish(self, chunk: Chunk) -> None:
        self._stop_sequence = chunk.stop_sequence
        if chunk.stop_sequence:
            self._finish_reason = "stop_sequence"
        elif chunk.finish_reason == "length":
            self._finish_reason = "length"
        else:
            self._finish_reason = "tool_calls" if chunk.finish_reason == "tool_calls" else "stop"

    def partial(self) -> Reply:
        """The reply as far as it has come."""
        return Reply(
            text="".join(self._text),
            reasoning="".join(self._reasoning),
            finish_reason=self._finish_reason,
            usage=usage_from(self._timings),
            timings=timings_from(self._timings),
            stop_sequence=self._stop_sequence,
        )


def _progress(progress: PromptProgress) -> Progress:
    return Progress(progress.processed / progress.total if progress.total else 0.0, "prompt")


def text_of(event: Event) -> str | None:
    """What `async for text in operation` yields."""
    return event.text if isinstance(event, TextDelta) else None
