"""LlamaIndex' messages as the model reads them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    AudioBlock,
    CachePoint,
    ChatMessage,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)

from ..access.media import audio_part, image_part

_ROLES = {
    MessageRole.DEVELOPER: "system",
    MessageRole.FUNCTION: "tool",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
}


def to_messages(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """In the field's usual form. Raises ValueError for what a local model cannot be given."""
    return [_message(message) for message in messages]


def _message(message: ChatMessage) -> dict[str, Any]:
    parts = [part for block in message.blocks if (part := _part(block)) is not None]
    texts = all(part["type"] == "text" for part in parts)
    told: dict[str, Any] = {
        "role": _ROLES.get(message.role, message.role.value),
        "content": "\n".join(part["text"] for part in parts) if texts else parts,
    }
    if told["role"] == "assistant":
        told |= _said(message)
    for name in ("tool_call_id", "name"):
        if isinstance(value := message.additional_kwargs.get(name), str):
            told[name] = value
    return told


def _said(message: ChatMessage) -> dict[str, Any]:
    calls = [_call(block) for block in message.blocks if isinstance(block, ToolCallBlock)]
    thoughts = [block.content for block in message.blocks if isinstance(block, ThinkingBlock) and block.content]
    said: dict[str, Any] = {"tool_calls": calls} if calls else {}
    return said | ({"reasoning_content": "\n".join(thoughts)} if thoughts else {})


def _call(block: ToolCallBlock) -> dict[str, Any]:
    arguments = block.tool_kwargs if isinstance(block.tool_kwargs, str) else json.dumps(block.tool_kwargs)
    function = {"name": block.tool_name, "arguments": arguments}
    return {"id": block.tool_call_id or "", "type": "function", "function": function}


def _part(block: Any) -> dict[str, Any] | None:
    match block:
        case TextBlock():
            return {"type": "text", "text": block.text}
        case ImageBlock() if block.url and not block.image and not block.path:
            return image_part(None, url=str(block.url))
        case ImageBlock():
            return image_part(block.resolve_image().read())
        case AudioBlock() if block.audio or block.path:
            return audio_part(block.resolve_audio().read())
        case ThinkingBlock() | ToolCallBlock() | CachePoint():
            return None  # which are told beside the content, or not at all
    raise ValueError(f"A {type(block).__name__} cannot be given to a local model: it reads text, images and sounds.")
