"""Operations whose work is done at the other end of a port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import convert

from ...errors import OperationAborted
from ...messages import (
    Abort,
    AnswerNow,
    CompletionChunk,
    CompletionDone,
    DownloadProgress,
    FileProgress,
    Incoming,
    OperationEvent,
    Outgoing,
    Pause,
    ProgressMessage,
    Resume,
    events,
)
from ...messages.events import Event, Progress, ReasoningDelta, StateChanged, TextDelta
from ...worker.operations.operation import Operation
from ...worker.operations.pausing import PauseGate
from ...worker.operations.thinking import Thinking
from .requester import Requester, SentRequest, accepted

_ABORT_SECONDS = 30.0
_OTHER_EVENTS = (
    events.StateChanged
    | events.ToolCallDelta
    | events.ToolCalled
    | events.ToolReturned
    | events.ContextShifted
    | events.EngineReduced
)


class RequestFollower:
    """Follows one request: tells the operation what happens there, and aborts it there when it is aborted here."""

    def __init__(
        self, requester: Requester, make: Callable[..., Incoming], watch: Callable[[Outgoing], object] = lambda _: None
    ) -> None:
        self._requester = requester
        self._make = make
        self._watch = watch
        self.sent: SentRequest | None = None

    def begin(self, operation: Operation[Any, Any]) -> None:
        """Ask now, so that requests go out in the order of the calls and not of the tasks."""
        operation.gate = _RemoteGate(self._requester, operation.id)
        operation.thinking = _RemoteThinking(self._requester, operation.id)
        self.sent = self._requester.ask(self._make, lambda message: self._tell(message, operation), operation.id)
        operation.add_done_callback(self._abort_unless_ended)

    async def run(self) -> Outgoing:
        """The last message. Raises the error that it tells of."""
        sent = self.sent
        assert sent is not None, "begin() comes first"
        try:
            end = accepted(await asyncio.shield(sent.end))
        except asyncio.CancelledError:
            self._requester.ask(partial(Abort, request_id=sent.id))
            await _end_of_abort(sent.end)
            raise
        except OperationAborted as aborted:  # by somebody else
            raise asyncio.CancelledError from aborted
        if isinstance(end, CompletionDone) and end.finish_reason == "abort":
            raise asyncio.CancelledError
        return end

    def _abort_unless_ended(self, operation: Operation[Any, Any]) -> None:
        """An operation that is aborted before its first step never gets to `run`."""
        if self.sent is not None and not self.sent.end.done():
            self._requester.ask_later(partial(Abort, request_id=self.sent.id))

    def _tell(self, message: Outgoing, operation: Operation[Any, Any]) -> None:
        if operation.finished:  # aborted before its first step, and the other end has not heard of it yet
            return
        event = event_of(message)
        if isinstance(event, StateChanged):
            operation.mark(event.state)
        elif event is not None:
            operation.report(event)
        self._watch(message)


class _RemoteGate(PauseGate):
    """Pausing and resuming are the other end's business."""

    def __init__(self, requester: Requester, operation_id: str) -> None:
        super().__init__()
        self._requester = requester
        self._id = operation_id

    def close(self) -> None:
        super().close()
        self._requester.ask(partial(Pause, request_id=self._id))

    def open(self) -> None:
        super().open()
        self._requester.ask(partial(Resume, request_id=self._id))


class _RemoteThinking(Thinking):
    """What it thinks is known at the other end."""

    def __init__(self, requester: Requester, operation_id: str) -> None:
        super().__init__()
        self._requester = requester
        self._id = operation_id

    def end(self) -> None:
        self._requester.ask(partial(AnswerNow, request_id=self._id))


def event_of(message: Outgoing) -> Event | None:
    """The event that a message tells of, if it is one."""
    match message:
        case CompletionChunk(reasoning=str(text)) if text:
            return ReasoningDelta(text)
        case CompletionChunk(chunk=text):
            return TextDelta(text)
        case ProgressMessage(progress=value, stage=stage):
            return Progress(value, stage)
        case DownloadProgress() | FileProgress():
            return message.event
        case OperationEvent(event=facts):
            event: Event = convert(facts, _OTHER_EVENTS)
            return event
    return None


async def _end_of_abort(end: asyncio.Future[Outgoing]) -> None:
    """Wait for the end of what is being aborted: it brings the text so far. Being cancelled again changes nothing."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _ABORT_SECONDS
    while not end.done() and loop.time() < deadline:
        try:
            await asyncio.wait([end], timeout=deadline - loop.time())
        except asyncio.CancelledError:
            continue
