"""Messages, tools and forms of answers as OpenAI's chat has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from .schema import Schema

Object = dict[str, Any]
Text = Annotated[str, Meta(min_length=1)]


class ImageUrl(Struct):
    """An image as a data URL."""

    url: str
    detail: str | None = None


class InputAudio(Struct):
    """A sound as base64."""

    data: str
    format: str | None = None


class Part(Struct):
    """A part of a content; what of it its type needs is checked where it is read."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: ImageUrl | str | None = None
    input_audio: InputAudio | None = None


class CalledFunction(Struct):
    """What a call calls; some clients leave the arguments decoded."""

    name: Text
    arguments: str | Object


class Call(Struct):
    """A call that a model wanted."""

    function: CalledFunction
    id: str | None = None
    type: Literal["function"] = "function"


class Message(Struct):
    """One message."""

    role: Text
    content: str | list[str | Part] | None = None
    name: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[Call] | None = None
    tool_call_id: str | None = None


class Function(Struct):
    """What a program offers to a model."""

    name: Text
    description: str | None = None
    parameters: Schema | None = None
    strict: bool | None = None


class Tool(Struct):
    """A tool; there are none but functions here."""

    type: Literal["function"]
    function: Function


class NamedFunction(Struct):
    """The function that must be called."""

    name: Text


class ToolChoice(Struct):
    """One function that must be called, in either form."""

    type: str = "function"
    name: str | None = None
    function: NamedFunction | None = None


class JsonSchema(Struct):
    """A schema with its name."""

    name: str | None = None
    description: str | None = None
    strict: bool | None = None
    schema: Schema | None = None


class ResponseFormat(Struct):
    """The form of an answer; `schema` beside `json_object` is llama.cpp's."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None
    form: Schema | None = field(default=None, name="schema")


class TemplateOptions(Struct):
    """What templates are told; only of what they all mean the type is known."""

    enable_thinking: bool | None = None
