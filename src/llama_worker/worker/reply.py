"""What a finished generation gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from msgspec import Struct

from ..messages.events import Event, TextDelta
from ..messages.values import FinishReason, Timings, TokenLogprob, ToolCall, Usage

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Parsed = TypeVar("Parsed", default=Any)
else:  # Python 3.11 has no defaults yet, and needs none
    from typing import TypeVar

    Parsed = TypeVar("Parsed")

_SHOWN = 60


class Reply(Struct, Generic[Parsed], frozen=True, rename="camel"):
    """An answer. `str(reply)` is its text.

    `parsed` is set when a `response_format` or `json_schema` was asked for. `tool_calls` are those that wait for
    somebody to answer them (`finish_reason == "tool_calls"`). `usage` and `timings` are of all rounds together.
    `dropped_messages`: how many of the oldest messages the model did not see, for want of room.
    """

    text: str
    finish_reason: FinishReason
    usage: Usage = Usage()
    timings: Timings = Timings()
    parsed: Parsed = None  # type: ignore[assignment]
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    stop_sequence: str | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    dropped_messages: int = 0

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= _SHOWN else f"{self.text[:_SHOWN]}..."
        calls = f", {len(self.tool_calls)} tool calls" if self.tool_calls else ""
        return f"<Reply {text!r} ({self.finish_reason}, {self.usage.completion_tokens} tokens{calls})>"


def text_of(event: Event) -> str | None:
    """What `async for text in operation` yields."""
    return event.text if isinstance(event, TextDelta) else None
