"""Anthropic's requests as chat requests.

The engine could translate them itself, but drops the field that makes a request cancellable before its first token.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from ....options.base import AdapterName, AdapterScale, Count, CountOrZero, Fraction
from ....worker.structured.limits import check_fields
from ...bodies import checked, typed
from ...problems import Problem
from ..fields import Object, Stop, Temperature
from ..tools import choose_tools, engine_messages


class InputMessage(Struct):
    """One message."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Object]


class MessagesRequest(Struct, kw_only=True):
    """The body of a request."""

    messages: Annotated[list[InputMessage], Meta(min_length=1)]
    system: str | list[Object] | None = None
    max_tokens: Count | None = None
    stop_sequences: Stop | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    top_k: CountOrZero | None = None
    tools: list[Object] | None = None
    tool_choice: Object | None = None
    thinking: Object | None = None
    output_config: Object | None = None
    stream: bool = False
    lora: dict[AdapterName, AdapterScale] | None = None


def chat_request_from(body: Object) -> Object:
    """The chat request that means the same."""
    request = checked(body, MessagesRequest)
    given = {
        "max_tokens": request.max_tokens,
        "stop": request.stop_sequences,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "lora": request.lora,
        "tools": [_tool(tool) for tool in request.tools] if request.tools else None,
        "response_format": _format(request.output_config),
    }
    chat = {name: value for name, value in given.items() if value is not None}
    check_fields(chat)
    chat["messages"] = engine_messages([*_system(request.system), *_messages(request.messages)])
    _choose(chat, request.tool_choice)
    return chat | _effort(request.output_config) | _thinking(request.thinking)


def _tool(tool: Object) -> Object:
    if not isinstance(tool.get("name"), str):
        raise Problem(400, "A tool needs a name.", param="tools")
    function = {"name": tool["name"], "description": tool.get("description", "")}
    return {"type": "function", "function": function | {"parameters": tool.get("input_schema", {})}}


def _choose(chat: Object, choice: Object | None) -> None:
    if choice is None or "tools" not in chat:
        return
    kind = choice.get("type")
    chat["tool_choice"] = {"auto": "auto", "any": "required", "none": "none"}.get(str(kind), choice)
    if choice.get("disable_parallel_tool_use") is True:
        chat["parallel_tool_calls"] = False
    choose_tools(chat)


def _effort(config: Object | None) -> Object:
    effort = typed((config or {}).get("effort"), str, "output_config.effort")
    return {} if effort is None else {"reasoning_effort": effort}


def _thinking(thinking: Object | None) -> Object:
    kind = (thinking or {}).get("type")
    if kind == "enabled":
        return {"thinking_budget_tokens": (thinking or {}).get("budget_tokens", 10000)}
    return {"reasoning_effort": "none"} if kind == "disabled" else {}


def _format(config: Object | None) -> Object | None:
    wanted = typed((config or {}).get("format"), dict, "output_config.format") or {}
    if wanted.get("type") != "json_schema":
        return None
    return {"type": "json_schema", "json_schema": {"schema": wanted.get("schema", {})}}


def _system(system: str | list[Object] | None) -> list[Object]:
    if system is None:
        return []
    return [{"role": "system", "content": system if isinstance(system, str) else _text_of(system)}]


def _messages(messages: list[InputMessage]) -> list[Object]:
    return [chat_message for message in messages for chat_message in _chat_messages(message)]


def _chat_messages(message: InputMessage) -> list[Object]:
    """A message as chat messages; results of tools are messages of their own."""
    if isinstance(message.content, str):
        return [{"role": message.role, "content": message.content}]
    results = [_result(block) for block in message.content if block.get("type") == "tool_result"]
    calls = [_call(block) for block in message.content if block.get("type") == "tool_use"]
    parts = [part for block in message.content if (part := _part(block))]
    thought = "".join(str(block.get("thinking", "")) for block in message.content if block.get("type") == "thinking")
    text_message: Object = {"role": message.role, "content": parts or ""}
    if calls:
        text_message["tool_calls"] = calls
    if thought:
        text_message["reasoning_content"] = thought
    return [*results, *([text_message] if parts or calls or thought else [])]


def _part(block: Object) -> Object | None:
    match block.get("type"):
        case "text":
            return {"type": "text", "text": block.get("text", "")}
        case "image":
            return {
                "type": "image_url",
                "image_url": {"url": _image(typed(block.get("source"), dict, "messages") or {})},
            }
        case "tool_use" | "tool_result" | "thinking" | "redacted_thinking":
            return None
    raise Problem(400, f"Content of type {block.get('type')!r} is not supported.", param="messages")


def _image(source: Object) -> str:
    if source.get("type") == "base64":
        return f"data:{source.get('media_type', 'image/jpeg')};base64,{source.get('data', '')}"
    return str(source.get("url", ""))


def _call(block: Object) -> Object:
    arguments = msgspec.json.encode(block.get("input", {})).decode()
    return {"id": block.get("id"), "type": "function", "function": {"name": block.get("name"), "arguments": arguments}}


def _result(block: Object) -> Object:
    content = block.get("content") or ""
    return {"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": _seen(content)}


def _seen(content: Any) -> str | list[Object]:
    """What a tool gave: text, and parts where there is anything else."""
    if isinstance(content, str):
        return content
    blocks = typed(content, list, "messages") or []
    parts = [part for block in blocks if isinstance(block, dict) and (part := _part(block))]
    return parts if any(part["type"] != "text" for part in parts) else _text_of(blocks)


def _text_of(blocks: list[Any]) -> str:
    return "".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))
