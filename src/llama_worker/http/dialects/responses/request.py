"""OpenAI's requests for a response as chat requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from ....options.base import CountOrZero
from ...bodies import typed
from ...problems import Problem
from ..fields import Object, Sampling
from ..tools import choose_tools, engine_messages

_RENAMED = frozenset({"input", "instructions", "tools", "text", "reasoning", "max_output_tokens"})
_TEXTS = frozenset({"input_text", "output_text", "text"})


class ResponsesRequest(Sampling, omit_defaults=True, kw_only=True):
    """The body of a request."""

    input: str | list[Object]
    instructions: str | None = None
    max_output_tokens: CountOrZero | None = None
    tools: list[Object] | None = None
    tool_choice: Literal["auto", "none", "required"] | Object | None = None
    parallel_tool_calls: bool | None = None
    text: Object | None = None
    reasoning: Object | None = None
    previous_response_id: str | None = None
    stream: bool = False


def chat_request_from(asked: Object) -> Object:
    """The chat request that means the same."""
    if asked.get("previous_response_id"):
        message = "Responses are not stored here: send the whole conversation as input."
        raise Problem(400, message, code="not_supported", param="previous_response_id")
    chosen = dict(asked)
    choose_tools(chosen)
    given = {
        "max_tokens": asked.get("max_output_tokens"),
        "tools": [_tool(tool) for tool in chosen.get("tools", ()) if tool["type"] == "function"] or None,
        "response_format": _response_format(typed((asked.get("text") or {}).get("format"), dict, "text.format")),
        "reasoning_effort": typed((asked.get("reasoning") or {}).get("effort"), str, "reasoning.effort"),
    }
    chat = {name: value for name, value in chosen.items() if name not in _RENAMED}
    chat |= {name: value for name, value in given.items() if value is not None}
    return chat | {"messages": engine_messages([*_instructions(asked), *_messages(asked["input"])])}


def _tool(tool: Object) -> Object:
    return {"type": "function", "function": {name: value for name, value in tool.items() if name != "type"}}


def _response_format(text_format: Object | None) -> Object | None:
    if text_format is None or text_format.get("type") != "json_schema":
        return text_format
    return {"type": "json_schema", "json_schema": {"schema": text_format.get("schema", {})}}


def _instructions(asked: Object) -> list[Object]:
    return [{"role": "system", "content": asked["instructions"]}] if "instructions" in asked else []


def _messages(given: str | list[Object]) -> list[Object]:
    """The items as messages: what a model said from one turn of somebody else's to the next is one message."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    messages: list[Object] = []
    for index, item in enumerate(given):
        _take(item, messages, f"input[{index}]")
    return messages


def _take(item: Object, messages: list[Object], where: str) -> None:
    match item.get("type", "message"):
        case "message" if item.get("role") == "assistant":
            _add_text(_last_answer(messages), _said(item.get("content"), where))
        case "message" if isinstance(item.get("role"), str):
            messages.append({"role": item["role"], "content": _content(item.get("content"), where)})
        case "function_call":
            function = {name: item.get(name) for name in ("name", "arguments")}
            call = {"id": item.get("call_id"), "type": "function", "function": function}
            _last_answer(messages).setdefault("tool_calls", []).append(call)
        case "function_call_output":
            content = _content(item.get("output"), where)
            messages.append({"role": "tool", "tool_call_id": item.get("call_id"), "content": content})
        case "reasoning":
            if thought := "".join(_thoughts(item, where)):
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


def _content(content: Any, where: str) -> Any:
    if not isinstance(content, list):
        return content
    return [_part(part, f"{where}.content[{index}]") for index, part in enumerate(content)]


def _said(content: Any, where: str) -> str | list[Object]:
    """Content of a model's: nothing is nothing said."""
    return _content(content if isinstance(content, str) else typed(content, list, f"{where}.content"), where) or ""


def _part(part: Any, where: str) -> Object:
    kind = part.get("type") if isinstance(part, dict) else None
    if isinstance(kind, str) and kind in _TEXTS:
        return {"type": "text", "text": part.get("text")}
    if kind == "refusal":
        return {"type": "text", "text": part.get("refusal")}
    if kind == "input_image" and "image_url" in part:
        return {"type": "image_url", "image_url": {"url": part["image_url"]}}
    if kind == "input_audio" and "input_audio" in part:
        return {"type": "input_audio", "input_audio": part["input_audio"]}
    raise Problem(400, f"Content of type {kind!r} is not supported.", param=where)


def _thoughts(item: Object, where: str) -> Iterator[str]:
    parts = typed(item.get("content"), list, f"{where}.content") or typed(item.get("summary"), list, f"{where}.summary")
    for part in parts or ():
        if isinstance(part, dict) and isinstance(text := part.get("text"), str):
            yield text
