"""OpenAI's requests for a response as chat requests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from ....options.base import CountOrZero
from ...problems import Problem
from ..fields import Object, Sampling
from ..shapes.chat import ToolChoice
from ..shapes.responses import Item, Reasoning, TextSettings, Tool
from ..tools import choose_tools, engine_messages

_RENAMED = frozenset({"input", "instructions", "tools", "text", "reasoning", "max_output_tokens"})
_OF_STORING = frozenset({"previous_response_id", "store", "metadata"})
_TEXTS = frozenset({"input_text", "output_text", "text"})


class ResponsesRequest(Sampling, omit_defaults=True, kw_only=True):
    """The body of a request."""

    input: str | list[Item]
    instructions: str | None = None
    max_output_tokens: CountOrZero | None = None
    tools: list[Tool] | None = None
    tool_choice: Literal["auto", "none", "required"] | ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    text: TextSettings | None = None
    reasoning: Reasoning | None = None
    previous_response_id: Annotated[str, Meta(min_length=1)] | None = None
    store: bool = True
    metadata: Annotated[dict[str, str], Meta(max_length=16)] | None = None
    stream: bool = False


def chat_request_from(asked: Object, before: list[Object]) -> Object:
    """The chat request that means the same; `before` its input comes what was said, as items."""
    chosen = dict(asked)
    choose_tools(chosen)
    given = {
        "max_tokens": asked.get("max_output_tokens"),
        "tools": [_tool(tool) for tool in chosen.get("tools", ())] or None,
        "response_format": _response_format((asked.get("text") or {}).get("format")),
        "reasoning_effort": (asked.get("reasoning") or {}).get("effort"),
    }
    chat = {name: value for name, value in chosen.items() if name not in _RENAMED | _OF_STORING}
    chat |= {name: value for name, value in given.items() if value is not None}
    return chat | {"messages": engine_messages([*_instructions(asked), *_messages(asked["input"], before)])}


def _tool(tool: Object) -> Object:
    return {"type": "function", "function": {name: value for name, value in tool.items() if name != "type"}}


def _response_format(text_format: Object | None) -> Object | None:
    if text_format is None or text_format.get("type") != "json_schema":
        return text_format
    return {"type": "json_schema", "json_schema": {"schema": text_format["schema"]}}


def _instructions(asked: Object) -> list[Object]:
    return [{"role": "system", "content": asked["instructions"]}] if "instructions" in asked else []


def _messages(given: str | list[Object], before: list[Object]) -> list[Object]:
    """The items as messages: what a model said from one turn of somebody else's to the next is one message."""
    messages: list[Object] = []
    for item in before:
        _take(item, messages, "previous_response_id")
    for index, item in enumerate([{"role": "user", "content": given}] if isinstance(given, str) else given):
        _take(item, messages, f"input[{index}]")
    return messages


def _take(item: Object, messages: list[Object], where: str) -> None:
    match item.get("type", "message"):
        case "message" if item["role"] == "assistant":
            _add_text(_last_answer(messages), _content(item["content"], where) or "")
        case "message":
            messages.append({"role": item["role"], "content": _content(item["content"], where)})
        case "function_call":
            function = {name: item[name] for name in ("name", "arguments")}
            call = {"id": item["call_id"], "type": "function", "function": function}
            _last_answer(messages).setdefault("tool_calls", []).append(call)
        case "function_call_output":
            content = _content(item["output"], where)
            messages.append({"role": "tool", "tool_call_id": item["call_id"], "content": content})
        case "reasoning":
            if thought := "".join(part.get("text") or "" for part in item.get("content") or item.get("summary") or ()):
                _last_answer(messages)["reasoning_content"] = thought
        case kind:
            raise Problem(400, f"Items of type {kind!r} are not supported.", param=where)


def _last_answer(messages: list[Object]) -> Object:
    if not messages or messages[-1]["role"] != "assistant":
        messages.append({"role": "assistant", "content": ""})
    return messages[-1]


def _add_text(message: Object, content: Any) -> None:
    """Text after text that is there already; what a model says is nothing but text."""
    before = message["content"]
    if before and content:
        content = [*_parts(before), *_parts(content)]
    message["content"] = content or before


def _parts(content: Any) -> list[Object]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _content(content: str | list[Object], where: str) -> str | list[Object]:
    if isinstance(content, str):
        return content
    return [_part(part, f"{where}.content[{index}]") for index, part in enumerate(content)]


def _part(part: Object, where: str) -> Object:
    kind = part["type"]
    if kind in _TEXTS:
        return {"type": "text", "text": part.get("text")}
    if kind == "refusal":
        return {"type": "text", "text": part.get("refusal")}
    if kind == "input_image" and "image_url" in part:
        return {"type": "image_url", "image_url": {"url": part["image_url"]}}
    if kind == "input_audio" and "input_audio" in part:
        return {"type": "input_audio", "input_audio": part["input_audio"]}
    raise Problem(400, f"Content of type {kind!r} is not supported.", param=where)
