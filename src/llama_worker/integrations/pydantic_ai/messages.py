"""pydantic-ai's messages as the model reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_ai.exceptions import UserError
from pydantic_ai.messages import (
    BinaryContent,
    CachePoint,
    ImageUrl,
    InstructionPart,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextContent,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)

from ..access.media import audio_part, image_part


def to_messages(
    messages: Sequence[ModelMessage], instructions: Sequence[InstructionPart] | None
) -> list[dict[str, Any]]:
    """In the field's usual form; instructions are one system message with those that begin the conversation, as chat
    templates know only one. Raises `UserError` for what a local model cannot be given."""
    told: list[dict[str, Any]] = []
    for message in messages:
        told += _request(message) if isinstance(message, ModelRequest) else [_response(message)]
    first = next((index for index, one in enumerate(told) if one["role"] != "system"), len(told))
    system = [one["content"] for one in told[:first]] + [part.content for part in instructions or ()]
    opening = [{"role": "system", "content": "\n\n".join(system)}] if system else []
    return opening + told[first:]


def _request(message: ModelRequest) -> Iterator[dict[str, Any]]:
    files: list[UserContent] = []
    for part in message.parts:
        match part:
            case SystemPromptPart():
                yield {"role": "system", "content": part.content}
            case UserPromptPart():
                yield {"role": "user", "content": _content(part.content)}
            case ToolReturnPart():
                text, more = part.model_response_str_and_user_content()
                files += more
                yield {"role": "tool", "tool_call_id": part.tool_call_id, "name": part.tool_name, "content": text}
            case _:
                raise UserError(f"A part of kind {part.part_kind!r} cannot be given to a local model.")
    if files:
        yield {"role": "user", "content": _content(files)}


def _content(content: str | Sequence[UserContent]) -> str | list[dict[str, Any]]:
    if isinstance(content, str):
        return content
    return [_item(item) for item in content if not isinstance(item, CachePoint)]


def _item(item: UserContent) -> dict[str, Any]:
    match item:
        case str():
            return {"type": "text", "text": item}
        case TextContent():
            return {"type": "text", "text": item.content}
        case ImageUrl():
            return image_part(None, url=item.url)
        case BinaryContent() if item.is_image:
            return image_part(item.data)
        case BinaryContent() if item.is_audio:
            return audio_part(item.data)
    raise UserError(f"A {type(item).__name__} cannot be given to a local model: it reads text, images and sounds.")


def _response(message: ModelResponse) -> dict[str, Any]:
    texts = [part.content for part in message.parts if isinstance(part, TextPart)]
    thoughts = [part.content for part in message.parts if isinstance(part, ThinkingPart)]
    calls = [_call(part) for part in message.parts if isinstance(part, ToolCallPart)]
    told: dict[str, Any] = {"role": "assistant", "content": "".join(texts)}
    if calls:
        told["tool_calls"] = calls
    if thoughts:
        told["reasoning_content"] = "\n".join(thoughts)
    return told


def _call(part: ToolCallPart) -> dict[str, Any]:
    function = {"name": part.tool_name, "arguments": part.args_as_json_str()}
    return {"id": part.tool_call_id, "type": "function", "function": function}
