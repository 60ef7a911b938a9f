"""A stream of chat chunks as the events of a response: items that are added, grow and are done."""

from __future__ import annotations

import time
from typing import Any

from msgspec import json

from ....engine.api.chunks import ChatChoice, ToolCallDelta
from ...problems import Problem
from ...sse import event_of
from ..chat import ChatChunk
from ..fields import Object
from .items import new_id

_ECHOED: Object = {
    "frequency_penalty": 0.0,
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "reasoning": None,
    "temperature": 0.8,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 0.95,
}
"""What is told of a request, and what holds where it does not say it."""
_FIXED: Object = {
    "background": False,
    "error": None,
    "max_tool_calls": None,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "service_tier": "default",
    "top_logprobs": 0,
    "truncation": "disabled",
}
_decode = json.Decoder(ChatChunk).decode


class ResponseStream:
    """Takes chunks, gives events; `asked` is the request, which a response repeats."""

    def __init__(self, asked: Object) -> None:
        self._asked = asked
        self._id = new_id("resp")
        self._completed: int | None = None
        self.stored = False
        self._created = int(time.time())
        self._model = ""
        self._number = 0
        self._output: list[Object] = []
        self._open: str | int | None = None
        self._reason: str | None = None
        self._usage: Object | None = None

    @property
    def finished(self) -> bool:
        """Whether the answer's end has come."""
        return self._reason is not None

    def take(self, payload: bytes) -> bytes:
        """The events that one chunk means; empty for none."""
        chunk = _decode(payload)
        self._model = chunk.model or self._model
        begin = b"" if self._number else self._about("response.created") + self._about("response.in_progress")
        self._usage = chunk.usage or self._usage
        return begin + b"".join(self._grow(choice) for choice in chunk.choices)

    def close(self) -> bytes:
        """The events that end the last item; after them the response is whole."""
        self._completed = None if self._cut else int(time.time())
        return self._close()

    def end(self) -> bytes:
        """The last event."""
        return self._about("response.incomplete" if self._cut else "response.completed")

    def failed(self, problem: Problem) -> bytes:
        """The event that ends a stream with an error."""
        return self._event("error", code=problem.code, message=problem.message, param=problem.param)

    def response(self) -> Object:
        """The response as far as it has come."""
        echoed = _echoed(self._asked)
        about = {"id": self._id, "object": "response", "created_at": self._created, "model": self._model}
        about |= {"completed_at": self._completed, "store": self.stored}
        status = "in_progress" if not self.finished else "incomplete" if self._cut else "completed"
        details = {"reason": "max_output_tokens"} if self._cut else None
        came = {"status": status, "incomplete_details": details, "output": self._output, "usage": self._counts()}
        return about | _FIXED | echoed | came

    @property
    def _cut(self) -> bool:
        return self._reason == "length"

    def _counts(self) -> Object | None:
        if self._usage is None:
            return None
        return {
            "input_tokens": self._usage["prompt_tokens"],
            "input_tokens_details": {
                "cached_tokens": self._usage["prompt_tokens_details"]["cached_tokens"],
                "cache_write_tokens": 0,  # which OpenAI bills apart
            },
            "output_tokens": self._usage["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self._usage["total_tokens"],
        }

    def _grow(self, choice: ChatChoice) -> bytes:
        delta, events = choice.delta, b""
        if delta.reasoning_content:
            events += self._begin("reasoning", {"type": "reasoning", "summary": [], "encrypted_content": ""})
            events += self._add("response.reasoning_text.delta", "reasoning_text", delta.reasoning_content)
        if delta.content:
            events += self._begin("message", {"type": "message", "role": "assistant"})
            events += self._add("response.output_text.delta", "output_text", delta.content, logprobs=[])
        events += b"".join(self._grow_call(call) for call in delta.tool_calls)
        self._reason = choice.finish_reason or self._reason
        return events

    def _grow_call(self, call: ToolCallDelta) -> bytes:
        events, arguments = b"", call.function.arguments
        if call.id:
            item = {"type": "function_call", "call_id": call.id, "name": call.function.name, "arguments": ""}
            events += self._begin(call.index, item)
        if arguments:
            self._output[-1]["arguments"] += arguments
            events += self._event("response.function_call_arguments.delta", delta=arguments, **self._place())
        return events

    def _begin(self, kind: str | int, item: Object) -> bytes:
        """Nothing when it has begun, else the end of what was before, and the new item."""
        if self._open == kind:
            return b""
        closed, self._open = self._close(), kind
        new = item | {"id": new_id(item["type"]), "status": "in_progress"}
        content: Object = {} if item["type"] == "function_call" else {"content": []}
        self._output.append(new | content)
        return closed + self._item("response.output_item.added")

    def _add(self, event: str, kind: str, text: str, **more: Any) -> bytes:
        """Text for the open item, in its one part."""
        content, begin = self._output[-1]["content"], b""
        if not content:
            content.append({"type": kind, "text": ""} | ({"annotations": [], "logprobs": []} if more else {}))
            begin = self._event("response.content_part.added", part=content[0], **self._place(0))
        content[0]["text"] += text
        return begin + self._event(event, delta=text, **more, **self._place(0))

    def _close(self) -> bytes:
        if self._open is None:
            return b""
        self._open, item = None, self._output[-1]
        item["status"] = "incomplete" if self._cut else "completed"
        return self._done(item) + self._item("response.output_item.done")

    def _done(self, item: Object) -> bytes:
        if item["type"] == "function_call":
            name, arguments = item["name"], item["arguments"]
            return self._event("response.function_call_arguments.done", name=name, arguments=arguments, **self._place())
        part, place = item["content"][0], self._place(0)
        more: Object = {"logprobs": []} if item["type"] == "message" else {}
        done = self._event(f"response.{part['type']}.done", text=part["text"], **more, **place)
        return done + self._event("response.content_part.done", part=part, **place)

    def _item(self, event: str) -> bytes:
        return self._event(event, output_index=len(self._output) - 1, item=self._output[-1])

    def _place(self, part: int | None = None) -> Object:
        place = {"item_id": self._output[-1]["id"], "output_index": len(self._output) - 1}
        return place if part is None else place | {"content_index": part}

    def _about(self, event: str) -> bytes:
        return self._event(event, response=self.response())

    def _event(self, kind: str, **fields: Any) -> bytes:
        event = {"type": kind, "sequence_number": self._number} | fields
        self._number += 1
        return event_of(event, kind)


def _echoed(asked: Object) -> Object:
    """What is told of a request; its tools and its reasoning with all their fields."""
    echoed: Object = {name: asked.get(name, value) for name, value in _ECHOED.items()}
    echoed["tools"] = [{"description": None, "parameters": None, "strict": None} | tool for tool in echoed["tools"]]
    if echoed["reasoning"]:
        echoed["reasoning"] = {"effort": None, "summary": None} | echoed["reasoning"]
    return echoed
