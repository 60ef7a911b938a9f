"""A completion's events as the engine's chat endpoint would have sent them."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from copy import deepcopy
from typing import Any

from msgspec import Struct, json

from ....engine.api.chunks import Chunk, EngineTimings, ToolCallDelta

Object = dict[str, Any]


class _Event(Struct):
    """What of a completion's event is passed on as it is, and which of several answers it belongs to."""

    index: int = 0
    timings: Object | None = None
    prompt_progress: Object | None = None
    completion_probabilities: list[Object] | None = None


_decode = json.Decoder(_Event).decode
_DONE = b"data: [DONE]\n\n"


class ChatEvents:
    """For one request; `body` is what the chat endpoint would have been asked, `parse` how an event reads."""

    def __init__(self, parse: Callable[[bytes], Chunk], model: str, body: Mapping[str, Any]) -> None:
        self._parse = parse
        self._readers: dict[int, Callable[[bytes], Chunk]] = {}
        self._about = {"id": f"chatcmpl-{secrets.token_urlsafe(24)}", "created": int(time.time()), "model": model}
        self._wanted = body.get("n") or 1
        self._only_read = body.get("max_tokens") == 0
        self._counted = bool((body.get("stream_options") or {}).get("include_usage"))
        self._verbose = bool(body.get("verbose"))
        self._timings: dict[int, EngineTimings] = {}
        self._finished = 0

    async def of(self, payloads: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The events; their end mark is missing when that of an answer is."""
        async for payload in payloads:
            yield self._event(payload)
        if self._finished == self._wanted:
            yield _DONE

    def _event(self, payload: bytes) -> bytes:
        event = _decode(payload)
        begins = event.index not in self._timings and event.prompt_progress is None
        if event.index not in self._readers:
            self._readers[event.index] = deepcopy(self._parse)
        chunk = self._readers[event.index](payload)
        if event.prompt_progress is not None:
            return self._chunk([], prompt_progress=event.prompt_progress)
        self._timings[event.index] = chunk.timings or EngineTimings()
        first = [self._choice(event.index, {"role": "assistant", "content": None})] if begins else []
        more: Object = {"timings": event.timings} if event.timings else {}
        grown = b"".join(self._chunk([choice], **more) for choice in [*first, *self._grown(event, chunk)])
        return grown + (self._end(event.index, chunk, more) if chunk.finish_reason else b"")

    def _grown(self, event: _Event, chunk: Chunk) -> list[Object]:
        if chunk.text and not self._only_read:
            choice = self._choice(event.index, {"content": chunk.text})
            if event.completion_probabilities:
                choice["logprobs"] = {"content": event.completion_probabilities}
            return [choice]
        return [self._choice(event.index, {"tool_calls": [_call(delta)]}) for delta in chunk.tool_calls]

    def _end(self, index: int, chunk: Chunk, more: Object) -> bytes:
        self._finished += 1
        reason = "length" if self._only_read else chunk.finish_reason
        if self._verbose:
            more = more | {"__verbose": {"stopping_word": chunk.stop_sequence or ""}}
        end = self._chunk([self._choice(index, {}, reason)], **more)
        return end + (self._chunk([], usage=self._usage(index)) if self._counted else b"")

    def _usage(self, index: int) -> Object:
        timings = self._timings[index]
        prompt, generated = timings.cache_n + timings.prompt_n, 0 if self._only_read else timings.predicted_n
        counts = {"completion_tokens": generated, "prompt_tokens": prompt, "total_tokens": prompt + generated}
        return counts | {"prompt_tokens_details": {"cached_tokens": timings.cache_n}}

    def _choice(self, index: int, delta: Object, reason: str | None = None) -> Object:
        return {"index": index, "delta": delta, "finish_reason": reason}

    def _chunk(self, choices: list[Object], **more: Any) -> bytes:
        chunk = {"object": "chat.completion.chunk", **self._about, "choices": choices, **more}
        return b"data: " + json.encode(chunk) + b"\n\n"


def _call(delta: ToolCallDelta) -> Object:
    function = {"arguments": delta.function.arguments}
    if delta.function.name is None:
        return {"index": delta.index, "function": function}
    about = {"index": delta.index, "id": delta.id, "type": "function"}
    return about | {"function": {"name": delta.function.name} | function}
