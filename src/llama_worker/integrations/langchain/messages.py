"""LangChain's messages as the model reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from ..access.media import audio_part, image_part

_ROLES = {"human": "user", "ai": "assistant", "developer": "system"}


def to_messages(messages: Iterable[BaseMessage]) -> list[dict[str, Any]]:
    """In the field's usual form. Raises ValueError for what a local model cannot be given."""
    return [_message(message) for message in messages]


def _message(message: BaseMessage) -> dict[str, Any]:
    told: dict[str, Any] = {"role": _role(message), "content": _content(message)}
    if message.name:
        told["name"] = message.name
    if isinstance(message, ToolMessage):
        told["tool_call_id"] = message.tool_call_id
    if isinstance(message, AIMessage):
        told |= _calls(message)
        if reasoning := message.additional_kwargs.get("reasoning_content"):
            told["reasoning_content"] = reasoning
    return told


def _role(message: BaseMessage) -> str:
    match message:
        case HumanMessage():
            return "user"
        case AIMessage():
            return "assistant"
        case SystemMessage():
            return "system"
        case ToolMessage():
            return "tool"
        case ChatMessage():
            return _ROLES.get(message.role, message.role)
    raise ValueError(f"A message of type {message.type!r} cannot be given to a model.")


def _calls(message: AIMessage) -> dict[str, Any]:
    calls = [(call["id"], call["name"], json.dumps(call["args"], ensure_ascii=False)) for call in message.tool_calls]
    calls += [(call["id"], call["name"] or "", call["args"] or "") for call in message.invalid_tool_calls]
    if not calls:
        return {}
    return {
        "tool_calls": [
            {"id": id or "", "type": "function", "function": {"name": name, "arguments": arguments}}
            for id, name, arguments in calls
        ]
    }


def _content(message: BaseMessage) -> str | list[dict[str, Any]]:
    if isinstance(message.content, str):
        return message.content
    parts = [part for block in message.content_blocks if (part := _part(block)) is not None]
    if all(part["type"] == "text" for part in parts):
        return _joined(parts, "" if isinstance(message, AIMessage) else "\n")
    return parts


def _joined(parts: Sequence[dict[str, Any]], between: str) -> str:
    return between.join(part["text"] for part in parts)


def _part(block: Any) -> dict[str, Any] | None:
    match block["type"]:
        case "text" | "text-plain":
            return {"type": "text", "text": block["text"]}
        case "image":
            return image_part(block.get("base64"), url=block.get("url"))
        case "audio" if "base64" in block:
            return audio_part(block["base64"])
        case "reasoning" | "tool_call" | "tool_call_chunk" | "invalid_tool_call":
            return None  # which the message has in fields of its own
        case "non_standard" if block["value"].get("type") == "tool_use":
            return None  # Anthropic's form of a call, which the message has in a field of its own
        case kind:
            raise ValueError(f"A content block of type {kind!r} cannot be given to a local model.")
