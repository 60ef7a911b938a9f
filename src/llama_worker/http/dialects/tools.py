"""Tools and messages, where the engine understands less than the dialects allow."""

from __future__ import annotations

from ...engine.api.calls import with_short_ids
from ...worker.media.content import check_content, check_total
from ...worker.structured.settled import settled
from ..problems import Problem
from .fields import Object


def choose_tools(body: Object) -> None:
    """Say schemas as every engine reads them, and make a choice of one function what the engine knows: only that
    function, and exactly one call is required. `any` is Mistral's word for `required`."""
    if body.get("tools"):
        body["tools"] = [_settled(tool) for tool in body["tools"]]
    choice = body.get("tool_choice")
    if choice == "any":
        body["tool_choice"] = "required"
    if not isinstance(choice, dict):
        return
    name = (choice.get("function") or choice).get("name")
    tools = [tool for tool in body.get("tools", []) if name is not None and _name_of(tool) == name]
    if not tools:
        raise Problem(400, f"tool_choice names a tool that is not in tools: {name!r}.", param="tool_choice")
    body |= {"tools": tools, "tool_choice": "required", "parallel_tool_calls": False}


def _settled(tool: Object) -> Object:
    """In either form of OpenAI's."""
    if isinstance(function := tool.get("function"), dict):
        return tool | {"function": _settled(function)}
    return tool | {"parameters": settled(tool["parameters"])} if isinstance(tool.get("parameters"), dict) else tool


def _name_of(tool: Object) -> str:
    """In either form of OpenAI's."""
    name: str = (tool.get("function") or tool)["name"]
    return name


def engine_messages(messages: list[Object]) -> list[Object]:
    """Messages with the roles and ids that chat templates know, their images and sounds checked: no file or address is
    left that the engine would fetch. Raises `InvalidOptionsError`."""
    known = [_known(message, f"messages[{index}].content") for index, message in enumerate(messages)]
    check_total(known)
    return with_short_ids(known)


def _known(message: Object, where: str) -> Object:
    if message.get("role") == "developer":
        message = message | {"role": "system"}
    content = message.get("content")
    return message | {"content": check_content(content, where)} if isinstance(content, list) else message
