"""What comes of a model, as `llm` reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import llm
from llm.parts import StreamEvent

from ...errors import LlamaWorkerError
from ...messages.events import ReasoningDelta, TextDelta
from ...worker.reply import Reply
from ..access.answers import CallDelta, Piece


@contextmanager
def in_llms_words() -> Iterator[None]:
    """Errors that the command line shows in one line."""
    try:
        yield
    except LlamaWorkerError as error:
        raise llm.ModelError(str(error)) from error


def to_events(piece: Piece) -> Iterator[StreamEvent]:
    match piece:
        case TextDelta():
            yield StreamEvent(type="text", chunk=piece.text)
        case ReasoningDelta():
            yield StreamEvent(type="reasoning", chunk=piece.text)
        case CallDelta():
            if piece.begins:
                yield StreamEvent(type="tool_call_name", chunk=piece.name, tool_call_id=piece.id)
            if piece.arguments:
                yield StreamEvent(type="tool_call_args", chunk=piece.arguments, tool_call_id=piece.id)


def of_whole(reply: Reply) -> Iterator[StreamEvent]:
    """The same of an answer that was not streamed."""
    if reply.reasoning:
        yield StreamEvent(type="reasoning", chunk=reply.reasoning)
    if reply.text:
        yield StreamEvent(type="text", chunk=reply.text)
    for index, call in enumerate(reply.tool_calls):
        yield from to_events(CallDelta(index, call.id, call.name, call.arguments, True))


def finish(response: Any, reply: Reply) -> None:
    """Tell what `llm` logs, and the calls that it makes."""
    usage = reply.usage
    details = {"cached_tokens": usage.cached_tokens} if usage.cached_tokens else None
    response.set_usage(input=usage.prompt_tokens, output=usage.completion_tokens, details=details)
    response.response_json = {"finish_reason": reply.finish_reason, "stop_sequence": reply.stop_sequence}
    for call in reply.tool_calls:
        arguments = json.loads(call.arguments or "{}")
        response.add_tool_call(llm.ToolCall(name=call.name, arguments=arguments, tool_call_id=call.id))
