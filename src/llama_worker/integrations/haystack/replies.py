"""Replies as Haystack's messages and chunks."""

from __future__ import annotations

import json
from typing import Any, cast

from haystack.dataclasses import (
    ChatMessage,
    ComponentInfo,
    FinishReason,
    ReasoningContent,
    StreamingChunk,
    ToolCall,
    ToolCallDelta,
)

from ...messages.events import ReasoningDelta, TextDelta
from ...worker.reply import Reply
from ..access.answers import CallDelta, Piece


def to_message(reply: Reply, model: str) -> ChatMessage:
    calls, broken = list[ToolCall](), list[str]()
    for call in reply.tool_calls:
        try:
            calls.append(ToolCall(call.name, json.loads(call.arguments or "{}"), id=call.id))
        except ValueError:
            broken.append(call.arguments)
    meta = _meta(reply, model) | ({"malformed_tool_calls": broken} if broken else {})
    return ChatMessage.from_assistant(
        reply.text or None if calls else reply.text,
        meta=meta,
        tool_calls=calls or None,
        reasoning=reply.reasoning or None,
    )


class Chunks:
    """Pieces of an answer as chunks: each of its parts has an index, and begins once."""

    def __init__(self, model: str, component: ComponentInfo) -> None:
        self._model, self._component = model, component
        self._indexes: dict[Any, int] = {}

    def chunk(self, piece: Piece) -> StreamingChunk:
        match piece:
            case TextDelta():
                return self._of("text", content=piece.text)
            case ReasoningDelta():
                return self._of("reasoning", reasoning=ReasoningContent(piece.text))
            case CallDelta():
                delta = ToolCallDelta(
                    piece.index,
                    tool_name=piece.name if piece.begins else None,
                    arguments=piece.arguments,
                    id=piece.id if piece.begins else None,
                )
                return self._of(piece.index, tool_calls=[delta])
            case Reply():
                meta = _meta(piece, self._model)
                return StreamingChunk(
                    "", meta=meta, component_info=self._component, finish_reason=_finish_reason(piece)
                )

    def _of(self, part: Any, **fields: Any) -> StreamingChunk:
        start = part not in self._indexes
        index = self._indexes.setdefault(part, len(self._indexes))
        content = fields.pop("content", "")
        return StreamingChunk(
            content, meta={"model": self._model}, component_info=self._component, index=index, start=start, **fields
        )


def _finish_reason(reply: Reply) -> FinishReason:
    return "stop" if reply.finish_reason == "stop_sequence" else cast(FinishReason, reply.finish_reason)


def _meta(reply: Reply, model: str) -> dict[str, Any]:
    usage = reply.usage
    return {
        "model": model,
        "index": 0,
        "finish_reason": _finish_reason(reply),
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "cached_tokens": usage.cached_tokens,
        },
    }
