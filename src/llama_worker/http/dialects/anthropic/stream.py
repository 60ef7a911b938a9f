"""A stream of chat chunks as Anthropic's events: blocks that start, grow and stop."""

from __future__ import annotations

from typing import Any

from msgspec import json

from ....engine.api.chunks import ChatChoice, ToolCallDelta
from ...sse import event_of
from ..chat import ChatChunk
from ..fields import Object

STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}


_decode = json.Decoder(ChatChunk).decode


class MessageStream:
    """Takes chunks, gives events."""

    def __init__(self) -> None:
        self._started = False
        self._index = -1
        self._kind: str | int | None = None
        self._stop_reason = "end_turn"
        self._stop_sequence: str | None = None
        self._usage: Object = {}
        self._prompt_tokens = 0
        self.finished = False

    def take(self, payload: bytes) -> bytes:
        """The events that one chunk means; empty for none."""
        chunk = _decode(payload)
        if chunk.prompt_progress:
            self._prompt_tokens = chunk.prompt_progress.total
            return b""
        start = b"" if self._started else self._start(chunk)
        self._usage = chunk.usage or self._usage
        if chunk.verbose and chunk.verbose.stopping_word:
            self._stop_sequence = chunk.verbose.stopping_word
        return start + b"".join(self._grow(choice) for choice in chunk.choices)

    def end(self) -> bytes:
        """The last events."""
        reason = "stop_sequence" if self._stop_sequence else self._stop_reason
        delta = {"stop_reason": reason, "stop_sequence": self._stop_sequence}
        usage = {"output_tokens": self._usage.get("completion_tokens", 0)}
        end = _event("message_delta", delta=delta, usage=usage) + _event("message_stop")
        return self._close() + end

    def _start(self, chunk: ChatChunk) -> bytes:
        self._started = True
        message: Object = {
            "id": chunk.id.replace("chatcmpl-", "msg_"),
            "type": "message",
            "role": "assistant",
            "model": chunk.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": self._prompt_tokens, "output_tokens": 0},
        }
        return _event("message_start", message=message)

    def _grow(self, choice: ChatChoice) -> bytes:
        delta, events = choice.delta, b""
        if delta.reasoning_content:
            events += self._open("thinking", {"type": "thinking", "thinking": "", "signature": ""})
            events += self._delta({"type": "thinking_delta", "thinking": delta.reasoning_content})
        if delta.content:
            events += self._open("text", {"type": "text", "text": ""})
            events += self._delta({"type": "text_delta", "text": delta.content})
        events += b"".join(self._grow_call(call) for call in delta.tool_calls)
        if choice.finish_reason:
            self._stop_reason = STOP_REASONS.get(choice.finish_reason, "end_turn")
            self.finished = True
        return events

    def _grow_call(self, call: ToolCallDelta) -> bytes:
        events = b""
        if call.id:
            block: Object = {"type": "tool_use", "id": call.id, "name": call.function.name, "input": {}}
            events += self._open(call.index, block)
        if call.function.arguments:
            events += self._delta({"type": "input_json_delta", "partial_json": call.function.arguments})
        return events

    def _open(self, kind: str | int, block: Object) -> bytes:
        if self._kind == kind:
            return b""
        closed = self._close()
        self._kind = kind
        self._index += 1
        return closed + _event("content_block_start", index=self._index, content_block=block)

    def _delta(self, delta: Object) -> bytes:
        return _event("content_block_delta", index=self._index, delta=delta)

    def _close(self) -> bytes:
        if self._kind is None:
            return b""
        signature = self._delta({"type": "signature_delta", "signature": ""}) if self._kind == "thinking" else b""
        self._kind = None
        return signature + _event("content_block_stop", index=self._index)


def _event(kind: str, **fields: Any) -> bytes:
    return event_of({"type": kind} | fields, kind)
