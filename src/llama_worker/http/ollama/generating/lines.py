"""The engine's stream as Ollama's answer: lines of JSON, the last of which has the counts."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from ....engine.api.chunks import Chunk, EngineTimings, SampledToken, TokenProbability, ToolCallDelta
from ....engine.transport.exchange import EngineConnectionLost
from ....errors import MalformedOutputError
from ...dialects.fields import Object
from ...sse import payloads
from ..forms import line_of, nanoseconds, time_text

Shape = Callable[[Object], Object]


def chat_shape(piece: Object) -> Object:
    """A piece as `/api/chat` tells it: `content`, `thinking` and `tool_calls` of a message."""
    told = {name: piece.pop(name) for name in ("thinking", "tool_calls") if name in piece}
    return {"message": {"role": "assistant", "content": piece.pop("content")} | told} | piece


def generate_shape(piece: Object) -> Object:
    """A piece as `/api/generate` tells it."""
    return {"response": piece.pop("content")} | piece


class Answer:
    """Takes the engine's chunks, gives lines. `name` is what the client calls the model, `began` when it asked."""

    def __init__(
        self, name: str, shape: Shape, parse: Callable[[bytes], Chunk], began: float, load_seconds: float
    ) -> None:
        self._name = name
        self._shape = shape
        self._parse = parse
        self._load_seconds = load_seconds
        self._began = began
        self._calls: dict[int, list[str]] = {}
        self._timings = EngineTimings()
        self._finish_reason: str | None = None

    async def lines(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """One for each piece, and the last one."""
        async for piece in self._pieces(data):
            yield line_of(self.told(piece))
        yield line_of(self.told({"content": ""} | self._end()))

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        """All of it in one."""
        answer: Object = {"content": ""}
        async for piece in self._pieces(data):
            for name, more in piece.items():
                answer[name] = answer[name] + more if name in answer else more
        return self.told(answer | self._end())

    def told(self, piece: Object) -> Object:
        """A piece with what every line has."""
        return {"model": self._name, "created_at": time_text(datetime.now(UTC))} | self._shape({"done": False} | piece)

    async def _pieces(self, data: AsyncIterator[bytes]) -> AsyncIterator[Object]:
        async for payload in payloads(data):
            chunk = self._parse(payload)
            self._timings = chunk.timings or self._timings
            self._finish_reason = chunk.finish_reason or self._finish_reason
            for delta in chunk.tool_calls:
                self._add_call(delta)
            if piece := _piece(chunk):
                yield {"content": ""} | piece
        if self._finish_reason is None:
            raise EngineConnectionLost("the answer ended early")
        if self._calls:
            yield {"content": "", "tool_calls": [_call(index, *self._calls[index]) for index in sorted(self._calls)]}

    def _add_call(self, delta: ToolCallDelta) -> None:
        call = self._calls.setdefault(delta.index, ["", "", ""])
        call[0] = delta.id or call[0]
        call[1] += delta.function.name or ""
        call[2] += delta.function.arguments

    def _end(self) -> Object:
        timings, total = self._timings, time.monotonic() - self._began
        return {
            "done": True,
            "done_reason": "length" if self._finish_reason == "length" else "stop",
            "total_duration": nanoseconds(total),
            "load_duration": nanoseconds(self._load_seconds),
            "prompt_eval_count": timings.cache_n + timings.prompt_n,
            "prompt_eval_duration": nanoseconds(timings.prompt_ms / 1000),
            "eval_count": timings.predicted_n,
            "eval_duration": nanoseconds(timings.predicted_ms / 1000),
        }


def _piece(chunk: Chunk) -> Object:
    told: Object = {"content": chunk.text, "thinking": chunk.reasoning}
    known = [token for token in chunk.tokens if token.token or token.logprob]  # of others there is the id alone
    if known:
        told["logprobs"] = [_sampled(token) for token in known]
    return {name: value for name, value in told.items() if value}


def _sampled(token: SampledToken) -> Object:
    likely = [_probability(other) for other in token.top_logprobs]
    return _probability(token) | ({"top_logprobs": likely} if likely else {})


def _probability(token: TokenProbability) -> Object:
    return {"token": token.token, "logprob": token.logprob, "bytes": list(token.token.encode())}


def _call(index: int, identity: str, name: str, arguments: str) -> Object:
    try:
        read: Any = msgspec.json.decode(arguments or "{}")
    except msgspec.DecodeError:
        read = None
    if not isinstance(read, dict):
        raise MalformedOutputError(f"The model called {name} with arguments that are no JSON object.", text=arguments)
    return {"id": identity, "function": {"index": index, "name": name, "arguments": read}}
