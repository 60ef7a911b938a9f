"""What `llm` asks, as the model reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import llm
from llm.parts import AttachmentPart, Message, ReasoningPart, TextPart, ToolCallPart, ToolResultPart

from ..access.media import audio_part, image_part

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/bmp"})
SOUNDS = frozenset({"audio/wav", "audio/x-wav", "audio/mpeg", "audio/flac", "audio/x-flac"})


def to_messages(prompt: llm.Prompt) -> list[dict[str, Any]]:
    """The whole conversation. Reads attachments, and fetches those that are URLs as `llm` does for all its models."""
    told = [one for message in prompt.messages for one in _message(message)]
    return [one for index, one in enumerate(told) if not _again(one, told[:index])]


def to_functions(tools: list[Any]) -> list[dict[str, Any]]:
    functions = [
        {"name": tool.name, "description": tool.description or "", "parameters": tool.input_schema}
        for tool in tools
        if isinstance(tool, llm.Tool)
    ]
    return [{"type": "function", "function": function} for function in functions]


def _again(message: dict[str, Any], before: list[dict[str, Any]]) -> bool:
    """Whether it is the system prompt that holds already: `llm` tells it with each turn."""
    systems = [one["content"] for one in before if one["role"] == "system"]
    return message["role"] == "system" and systems[-1:] == [message["content"]]


def _message(message: Message) -> Iterator[dict[str, Any]]:
    if message.role == "tool":
        yield from (_result(part) for part in message.parts if isinstance(part, ToolResultPart))
        return
    parts = [part for one in message.parts if (part := _part(one)) is not None]
    text = "".join(part.get("text", "") for part in parts)
    told = {"role": message.role, "content": text if all(part["type"] == "text" for part in parts) else parts}
    if calls := [_call(part) for part in message.parts if isinstance(part, ToolCallPart)]:
        told["tool_calls"] = calls
    if thoughts := [part.text for part in message.parts if isinstance(part, ReasoningPart) and part.text]:
        told["reasoning_content"] = "\n".join(thoughts)
    if parts or calls:
        yield told


def _part(part: Any) -> dict[str, Any] | None:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if not isinstance(part, AttachmentPart) or part.attachment is None:
        return None
    attachment: Any = part.attachment
    data = attachment.content_bytes()
    return audio_part(data) if attachment.resolve_type() in SOUNDS else image_part(data)


def _call(part: ToolCallPart) -> dict[str, Any]:
    function = {"name": part.name, "arguments": json.dumps(part.arguments, ensure_ascii=False)}
    return {"id": part.tool_call_id or "", "type": "function", "function": function}


def _result(part: ToolResultPart) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": part.tool_call_id or "", "name": part.name, "content": part.output}
