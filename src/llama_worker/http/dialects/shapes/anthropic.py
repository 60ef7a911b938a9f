"""Blocks, tools and settings as Anthropic's messages have them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ....options.base import Count
from .chat import Object, Text
from .schema import Schema

_NEEDED = {
    "text": ("text",),
    "image": ("source",),
    "tool_use": ("id", "name", "input"),
    "tool_result": ("tool_use_id",),
    "thinking": ("thinking",),
}
"""What a block of each type cannot do without."""


class Source(Struct):
    """The bytes of an image, or where they are."""

    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None


class Block(Struct):
    """A part of a content; a tool's result has parts itself."""

    type: str
    text: str | None = None
    source: Source | None = None
    id: str | None = None
    name: Text | None = None
    input: Object | None = None
    tool_use_id: str | None = None
    content: str | list[Block] | None = None
    is_error: bool | None = None
    thinking: str | None = None
    signature: str | None = None

    def __post_init__(self) -> None:
        for name in _NEEDED.get(self.type, ()):
            if getattr(self, name) is None:
                raise ValueError(f"A block of type {self.type!r} needs {name!r}")


class TextBlock(Struct):
    """A part of a system prompt."""

    text: str
    type: Literal["text"]


class Message(Struct):
    """One message."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Block]


class Tool(Struct):
    """A function that a program offers; there are no tools here but these."""

    name: Text
    type: Literal["custom"] | None = None
    description: str | None = None
    input_schema: Schema | None = None


class ToolChoice(Struct):
    """Whether a call must be made, and of which function."""

    type: Literal["auto", "any", "none", "tool"]
    name: Text | None = None
    disable_parallel_tool_use: bool | None = None


class Thinking(Struct):
    """Whether there is thinking, and how many tokens of it."""

    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: Count | None = None


class OutputFormat(Struct):
    """The form of an answer."""

    type: Literal["json_schema"]
    form: Schema = field(name="schema")


class OutputConfig(Struct):
    """How much effort an answer is worth, and its form."""

    effort: Annotated[str, Meta(min_length=1)] | None = None
    format: OutputFormat | None = None
