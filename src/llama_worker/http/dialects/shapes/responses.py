"""Items, tools and forms of answers as OpenAI's responses have them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from .chat import InputAudio, Text
from .schema import Schema

_NEEDED = {
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "message": ("role", "content"),
}
"""What an item of each type cannot do without."""


class Part(Struct):
    """A part of a content."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: str | None = None
    detail: str | None = None
    input_audio: InputAudio | None = None


class Thought(Struct):
    """A part of what was thought."""

    type: str
    text: str


class Item(Struct):
    """One item of a conversation."""

    type: str = "message"
    id: str | None = None
    status: str | None = None
    role: Text | None = None
    content: str | list[Part] | None = None
    call_id: str | None = None
    name: Text | None = None
    arguments: str | None = None
    output: str | list[Part] | None = None
    summary: list[Thought] | None = None

    def __post_init__(self) -> None:
        for name in _NEEDED.get(self.type, ()):
            if getattr(self, name) is None:
                raise ValueError(f"An item of type {self.type!r} needs {name!r}")
        if self.type == "reasoning" and isinstance(self.content, str):
            raise ValueError("The content of an item of type 'reasoning' is a list")


class Tool(Struct):
    """A function that a program offers; there are no tools here but these."""

    type: Literal["function"]
    name: Text
    description: str | None = None
    parameters: Schema | None = None
    strict: bool | None = None


class TextFormat(Struct):
    """The form of an answer."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    description: str | None = None
    strict: bool | None = None
    form: Schema | None = field(default=None, name="schema")

    def __post_init__(self) -> None:
        if self.type == "json_schema" and self.form is None:
            raise ValueError("A format of type 'json_schema' needs 'schema'")


class TextSettings(Struct):
    """How the answer's text is."""

    format: TextFormat | None = None
    verbosity: str | None = None


class Reasoning(Struct):
    """How much is thought, and whether that is told in short."""

    effort: str | None = None
    summary: str | None = None
