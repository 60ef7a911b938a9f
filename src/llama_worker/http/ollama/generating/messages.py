"""Ollama's messages as chat messages: images beside the text, arguments of calls as objects, results without ids."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from ....engine.api.calls import new_id
from ....worker.media.formats import image_type, sound_format
from ...dialects.fields import Object
from ...problems import Problem

_BEGINNING = 1 << 13


class CalledFunction(Struct):
    """The function of a call."""

    name: str
    arguments: Object = {}


class Call(Struct):
    """A call that the model has made."""

    function: CalledFunction
    id: str | None = None


class Message(Struct):
    """One message."""

    role: str
    content: str | None = ""
    thinking: str | None = None
    images: list[str] | None = None
    tool_calls: list[Call] | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None


def chat_messages(messages: Iterable[Message]) -> list[Object]:
    """The same as chat messages. Raises `Problem` for an image that is none."""
    waiting: list[tuple[str, str]] = []
    return [_chat_message(message, f"messages[{index}]", waiting) for index, message in enumerate(messages)]


def content_with(text: str, images: Iterable[str] | None, where: str) -> str | list[Object]:
    """A text with the images and sounds that come with it. Raises `Problem`."""
    media = [_part(data, f"{where}.images[{index}]") for index, data in enumerate(images or ())]
    return [*media, {"type": "text", "text": text}] if media else text


def _chat_message(message: Message, where: str, waiting: list[tuple[str, str]]) -> Object:
    """`waiting` are the calls that have no result yet, by name and id: a result may name the function alone."""
    role = message.role.lower()
    chat: Object = {"role": role, "content": content_with(message.content or "", message.images, where)}
    if message.thinking:
        chat["reasoning_content"] = message.thinking
    if message.tool_calls:
        chat["tool_calls"] = [_call(call, waiting) for call in message.tool_calls]
    if role == "tool":
        chat |= _answered(message, waiting)
    return chat


def _call(call: Call, waiting: list[tuple[str, str]]) -> Object:
    identity, function = call.id or new_id(), call.function
    waiting.append((function.name, identity))
    arguments = msgspec.json.encode(function.arguments).decode()
    return {"id": identity, "type": "function", "function": {"name": function.name, "arguments": arguments}}


def _answered(message: Message, waiting: list[tuple[str, str]]) -> Object:
    """Which call a result is of: the one of its id, else the oldest of its function, else the oldest."""
    known = [call for call in waiting if call[1] == message.tool_call_id]
    known = known or [call for call in waiting if call[0] == message.tool_name] or waiting
    if not known:
        return {"tool_call_id": message.tool_call_id or new_id()}
    name, identity = known[0]
    waiting.remove(known[0])
    return {"tool_call_id": identity, "name": message.tool_name or name}


def _part(data: Any, where: str) -> Object:
    """Ollama's clients say nothing of the kind: the bytes do."""
    data = data.partition(",")[2] if data.startswith("data:") else data
    try:
        beginning = base64.b64decode(data[:_BEGINNING], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(400, f"{where} is not base64.", code="invalid_media", param=where) from error
    if image_type(beginning):
        return {"type": "image_url", "image_url": {"url": f"data:{image_type(beginning)};base64,{data}"}}
    if sound := sound_format(beginning):
        return {"type": "input_audio", "input_audio": {"data": data, "format": sound}}
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}  # its check says what it is not
