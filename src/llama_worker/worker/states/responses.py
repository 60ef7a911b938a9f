"""A request to `/v1/responses` as the chat that the engine makes of it: as far as it is text, and near enough.

Where the two differ, a prompt has less in common with what is kept and more of it is read; no text comes out otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]
_RENAMED = frozenset({"input", "instructions", "tools"})


def chat_of(body: Mapping[str, Any]) -> Object | None:
    """The body of the same request for `/v1/chat/completions`; None for more than texts, calls and their results."""
    given = body.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if not isinstance(items, list):
        return None
    messages: list[Object] = []
    if "instructions" in body:
        messages.append({"role": "system", "content": body["instructions"]})
    for item in items:
        if not isinstance(item, Mapping) or not _take(item, messages):
            return None
    chat = {name: value for name, value in body.items() if name not in _RENAMED}
    if tools := [_tool(tool) for tool in body.get("tools") or () if isinstance(tool, Mapping)]:
        chat["tools"] = tools
    return chat | {"messages": messages}


def _take(item: Mapping[str, Any], messages: list[Object]) -> bool:
    """Add what an item says; False when it is of another kind."""
    if item.get("type", "message") == "message" and "role" in item:
        messages.append({"role": item["role"], "content": _text(item.get("content"))})
    elif item.get("type") == "function_call":
        if not messages or messages[-1]["role"] != "assistant":
            messages.append({"role": "assistant"})
        function = {name: item.get(name) for name in ("name", "arguments")}
        call = {"id": item.get("call_id"), "type": "function", "function": function}
        messages[-1].setdefault("tool_calls", []).append(call)
    elif item.get("type") == "function_call_output":
        messages.append({"role": "tool", "tool_call_id": item.get("call_id"), "content": item.get("output")})
    else:
        return False
    return True


def _text(content: Any) -> Any:
    """Parts of text by their name in a chat; others stay as they are."""
    if not isinstance(content, list):
        return content
    return [
        {"type": "text", "text": part.get("text")} if part.get("type") in ("input_text", "output_text") else part
        for part in content
        if isinstance(part, Mapping)
    ]


def _tool(tool: Mapping[str, Any]) -> Object:
    return {"type": "function", "function": {name: value for name, value in tool.items() if name != "type"}}
