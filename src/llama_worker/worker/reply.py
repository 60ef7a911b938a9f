"""What a finished generation gives back."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

FinishReason = Literal["stop", "length", "stop_sequence", "abort", "tool_calls"]


class Usage(Struct, frozen=True, rename="camel"):
    """Tokens as the engine counted them; `cached_tokens` of the prompt's were not computed again."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0


class Timings(Struct, frozen=True, rename="camel"):
    """Seconds that the engine spent on the prompt and on the answer, and tokens per second of the answer."""

    prompt_seconds: float = 0.0
    completion_seconds: float = 0.0
    tokens_per_second: float = 0.0


class ToolCall(Struct, frozen=True):
    """A function that the model wants called; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class TokenLogprob(Struct, frozen=True, rename="camel"):
    """A token, the natural logarithm of its probability before sampling, and the likeliest tokens in its place."""

    id: int
    text: str
    logprob: float
    top: tuple[TokenLogprob, ...] = ()


class Reply(Struct, frozen=True, rename="camel"):
    """An answer. `str(reply)` is its text.

    `parsed` is set when a `response_format` or `json_schema` was asked for. `tool_calls` are those that wait for
    somebody to answer them (`finish_reason == "tool_calls"`). `usage` and `timings` are of all rounds together.
    `dropped_messages`: how many of the oldest messages the model did not see, for want of room.
    """

    text: str
    finish_reason: FinishReason
    usage: Usage = Usage()
    timings: Timings = Timings()
    parsed: Any = None
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    stop_sequence: str | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    dropped_messages: int = 0

    def __str__(self) -> str:
        return self.text
