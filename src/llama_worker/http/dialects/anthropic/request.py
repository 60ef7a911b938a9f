"""Anthropic's requests as chat requests.

The engine could translate them itself, but drops the field that makes a request cancellable before its first token.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from ....options.base import AdapterName, AdapterScale, Count, CountOrZero, Fraction
from ....worker.structured.limits import check_fields
from ...bodies import checked
from ...problems import Problem
from ..fields import Object, Stop, Temperature
from ..shapes.anthropic import Message, OutputConfig, TextBlock, Thinking, Tool, ToolChoice
from ..tools import choose_tools, engine_messages

_THINKING_TOKENS = 10000


class MessagesRequest(Struct, kw_only=True):
    """The body of a request."""

    messages: Annotated[list[Message], Meta(min_length=1)]
    system: str | list[TextBlock] | None = None
    max_tokens: Count | None = None
    stop_sequences: Stop | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    top_k: CountOrZero | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    stream: bool = False
    lora: dict[AdapterName, AdapterScale] | None = None


def chat_request_from(body: Object) -> Object:
    """The chat request that means the same."""
    request = checked(body, MessagesRequest)
    config = body.get("output_config") or {}
    given = {
        "max_tokens": request.max_tokens,
        "stop": request.stop_sequences,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "lora": request.lora,
        "tools": [_tool(tool) for tool in body["tools"]] if request.tools else None,
        "response_format": _format(config.get("format")),
        "reasoning_effort": config.get("effort"),
    }
    chat = {name: value for name, value in given.items() if value is not None}
    check_fields(chat)
    chat["messages"] = engine_messages([*_system(request.system), *_messages(body["messages"])])
    _choose(chat, request.tool_choice)
    return chat | _thinking(request.thinking)


def _tool(tool: Object) -> Object:
    function = {"name": tool["name"], "description": tool.get("description") or ""}
    return {"type": "function", "function": function | {"parameters": tool.get("input_schema") or {}}}


def _choose(chat: Object, choice: ToolChoice | None) -> None:
    if "tools" not in chat:
        return
    if choice is not None:
        named = {"type": "function", "name": choice.name}
        chat["tool_choice"] = {"auto": "auto", "any": "required", "none": "none"}.get(choice.type, named)
        if choice.disable_parallel_tool_use:
            chat["parallel_tool_calls"] = False
    choose_tools(chat)


def _thinking(thinking: Thinking | None) -> Object:
    if thinking is None or thinking.type == "adaptive":
        return {}
    if thinking.type == "disabled":
        return {"reasoning_effort": "none"}
    return {"thinking_budget_tokens": thinking.budget_tokens or _THINKING_TOKENS}


def _format(wanted: Object | None) -> Object | None:
    return {"type": "json_schema", "json_schema": {"schema": wanted["schema"]}} if wanted else None


def _system(system: str | list[TextBlock] | None) -> list[Object]:
    if system is None:
        return []
    text = system if isinstance(system, str) else "".join(block.text for block in system)
    return [{"role": "system", "content": text}]


def _messages(messages: list[Object]) -> list[Object]:
    return [chat_message for message in messages for chat_message in _chat_messages(message)]


def _chat_messages(message: Object) -> list[Object]:
    """A message as chat messages; results of tools are messages of their own."""
    role, content = message["role"], message["content"]
    if isinstance(content, str):
        return [{"role": role, "content": content}]
    results = [_result(block) for block in content if block["type"] == "tool_result"]
    calls = [_call(block) for block in content if block["type"] == "tool_use"]
    parts = [part for block in content if (part := _part(block))]
    thought = "".join(block["thinking"] for block in content if block["type"] == "thinking")
    text_message: Object = {"role": role, "content": parts or ""}
    if calls:
        text_message["tool_calls"] = calls
    if thought:
        text_message["reasoning_content"] = thought
    return [*results, *([text_message] if parts or calls or thought else [])]


def _part(block: Object) -> Object | None:
    match block["type"]:
        case "text":
            return {"type": "text", "text": block["text"]}
        case "image":
            return {"type": "image_url", "image_url": {"url": _image(block["source"])}}
        case "tool_use" | "tool_result" | "thinking" | "redacted_thinking":
            return None
    raise Problem(400, f"Content of type {block['type']!r} is not supported.", code="not_supported", param="messages")


def _image(source: Object) -> str:
    if source["type"] == "base64":
        return f"data:{source.get('media_type') or 'image/jpeg'};base64,{source.get('data') or ''}"
    return source.get("url") or ""


def _call(block: Object) -> Object:
    arguments = msgspec.json.encode(block["input"]).decode()
    return {"id": block["id"], "type": "function", "function": {"name": block["name"], "arguments": arguments}}


def _result(block: Object) -> Object:
    return {"role": "tool", "tool_call_id": block["tool_use_id"], "content": _seen(block.get("content") or "")}


def _seen(content: str | list[Object]) -> str | list[Object]:
    """What a tool gave: text, and parts where there is anything else."""
    if isinstance(content, str):
        return content
    parts = [part for block in content if (part := _part(block))]
    if any(part["type"] != "text" for part in parts):
        return parts
    return "".join(part["text"] for part in parts)
