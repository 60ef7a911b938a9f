"""What Haystack asks, as options of a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haystack.tools.tool import Tool
from pydantic import BaseModel

from ..access.options import function_choice, given


def to_options(generation: Mapping[str, Any], tools: list[Tool]) -> dict[str, Any]:
    """Options of a prompt by their own names, and by those that Haystack's other generators take."""
    theirs = ("response_format", "stop", "tool_choice", "parallel_tool_calls")
    options = {name: value for name, value in generation.items() if name not in theirs}
    if stop := generation.get("stop"):
        options["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    if (form := generation.get("response_format")) is not None:
        options["json_schema"] = schema_of(form)
    if tools:
        options |= {"functions": [{"type": "function", "function": tool.tool_spec} for tool in tools]}
        options |= given(function_choice=function_choice(generation.get("tool_choice")))
        options |= {"max_parallel_function_calls": 1} if generation.get("parallel_tool_calls") is False else {}
    return options


def schema_of(form: Any) -> dict[str, Any]:
    """Of a pydantic model, or the JSON schema itself."""
    if isinstance(form, type) and issubclass(form, BaseModel):
        return form.model_json_schema()
    return dict(form)
