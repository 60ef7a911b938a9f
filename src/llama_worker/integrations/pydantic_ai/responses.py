"""Replies as pydantic-ai's responses, whole and streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic_ai.messages import (
    FinishReason,
    ModelResponse,
    ModelResponsePart,
    ModelResponseStreamEvent,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from pydantic_ai.models import StreamedResponse
from pydantic_ai.usage import RequestUsage

from ...errors import OperationAborted
from ...messages.events import ReasoningDelta, TextDelta
from ...messages.values import Usage
from ...worker.reply import Reply
from ..access.answers import CallDelta, Piece
from ..access.model import Answering
from .failures import in_pydantic_ais_words

PROVIDER = "llama-worker"
_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "tool_call",
}


def to_response(reply: Reply, model: str) -> ModelResponse:
    parts: list[ModelResponsePart] = []
    if reply.reasoning:
        parts.append(ThinkingPart(reply.reasoning))
    if reply.text:
        parts.append(TextPart(reply.text))
    parts += [ToolCallPart(call.name, call.arguments, tool_call_id=call.id) for call in reply.tool_calls]
    return ModelResponse(
        parts=parts,
        usage=_usage(reply.usage),
        model_name=model,
        provider_name=PROVIDER,
        provider_details=_details(reply),
        finish_reason=_REASONS.get(reply.finish_reason),
    )


def _usage(usage: Usage) -> RequestUsage:
    return RequestUsage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cache_read_tokens=usage.cached_tokens,
    )


def _details(reply: Reply) -> dict[str, Any]:
    details: dict[str, Any] = {"finish_reason": reply.finish_reason}
    if reply.stop_sequence is not None:
        details["stop_sequence"] = reply.stop_sequence
    if reply.logprobs:
        details["logprobs"] = [{"token": token.text, "logprob": token.logprob} for token in reply.logprobs]
    return details


@dataclass
class LlamaWorkerStreamedResponse(StreamedResponse):
    """An answer on its way; `cancel()` ends the work in the engine."""

    _model: str
    _answering: Answering
    _first: Piece | None
    _began: datetime = field(default_factory=lambda: datetime.now(UTC), init=False)

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        piece = self._first
        while piece is not None:
            for event in self._events(piece):
                yield event
            with in_pydantic_ais_words(self._model):
                piece = await self._answering.next()

    def _events(self, piece: Piece) -> Iterator[ModelResponseStreamEvent]:
        match piece:
            case TextDelta():
                yield from self._parts_manager.handle_text_delta(vendor_part_id="text", content=piece.text)
            case ReasoningDelta():
                yield from self._parts_manager.handle_thinking_delta(vendor_part_id="reasoning", content=piece.text)
            case CallDelta():
                event = self._parts_manager.handle_tool_call_delta(
                    vendor_part_id=piece.index,
                    tool_name=piece.name if piece.begins else None,
                    args=piece.arguments,
                    tool_call_id=piece.id,
                )
                if event is not None:
                    yield event
            case Reply():
                self._usage = _usage(piece.usage)
                self.finish_reason = _REASONS.get(piece.finish_reason)
                self.provider_details = _details(piece)

    async def close_stream(self) -> None:
        self._answering.abort()

    def get_stream_cancel_errors(self) -> tuple[type[BaseException], ...]:
        return (OperationAborted,)

    @property
    def model_name(self) -> str:
        return self._model

    @property
    def provider_name(self) -> str:
        return PROVIDER

    @property
    def provider_url(self) -> None:
        return None

    @property
    def timestamp(self) -> datetime:
        return self._began
