"""Settings of a request, as options of a prompt."""

from __future__ import annotations

from typing import Any, cast

from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettingName, ModelSettings
from pydantic_ai.tools import ToolDefinition

from ...options.keywords import PromptOptionKeywords
from ..access.answers import Patience
from ..access.options import given

_SAME = ("max_tokens", "temperature", "top_p", "top_k", "seed", "stop_sequences")
UNSUPPORTED: frozenset[ModelSettingName] = frozenset({"extra_headers", "extra_body", "service_tier"})


class LlamaWorkerModelSettings(ModelSettings, total=False):
    """Those of every model, and `llama_worker_options`: every option of a prompt by its own name."""

    llama_worker_options: PromptOptionKeywords


def to_options(settings: ModelSettings, parameters: ModelRequestParameters) -> dict[str, Any]:
    """What the model is asked with, beside the messages."""
    options = {name: value for name, value in settings.items() if name in _SAME}
    penalties = given(
        frequency_penalty=settings.get("frequency_penalty"), presence_penalty=settings.get("presence_penalty")
    )
    if penalties:
        options["repeat_penalty"] = {"penalty": 1.0, **penalties}
    if bias := settings.get("logit_bias"):
        options["token_bias"] = {int(token): {"logit": value} for token, value in bias.items()}
    options |= _reasoning(parameters) | _tools(settings, parameters) | _form(parameters)
    return options | dict(cast(LlamaWorkerModelSettings, settings).get("llama_worker_options", {}))


def to_patience(settings: ModelSettings) -> Patience:
    timeout = settings.get("timeout")
    seconds = float(timeout) if isinstance(timeout, int | float) else None
    return Patience(seconds, settings.get("max_retries", 0))


def _reasoning(parameters: ModelRequestParameters) -> dict[str, Any]:
    thinking = parameters.thinking
    if thinking is False:
        return {"reasoning_effort": "none"}
    return {"reasoning_effort": thinking} if isinstance(thinking, str) else {}


def _form(parameters: ModelRequestParameters) -> dict[str, Any]:
    if parameters.output_mode == "native" and parameters.output_object is not None:
        return {"json_schema": parameters.output_object.json_schema}
    return {}


def _tools(settings: ModelSettings, parameters: ModelRequestParameters) -> dict[str, Any]:
    tools = list(parameters.declared_tool_defs.values())
    choice = settings.get("tool_choice")
    if isinstance(choice, list):
        tools = [tool for tool in tools if tool.name in choice]
    elif choice is not None and not isinstance(choice, str):
        names = [*choice.function_tools, *(tool.name for tool in parameters.output_tools)]
        tools = [tool for tool in tools if tool.name in names]
    elif choice == "none":
        tools = [tool for tool in tools if tool in parameters.output_tools]
    elif choice == "required":
        tools = [tool for tool in tools if tool not in parameters.output_tools]
    if not tools:
        return {}
    must = choice == "required" or (isinstance(choice, list) and choice) or not parameters.allow_text_output
    told: dict[str, Any] = {"functions": [_tool(tool) for tool in tools], "function_choice": "auto"}
    if must:
        told["function_choice"] = tools[0].name if len(tools) == 1 else "required"
    if settings.get("parallel_tool_calls") is False:
        told["max_parallel_function_calls"] = 1
    return told


def _tool(tool: ToolDefinition) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description or "", "parameters": tool.parameters_json_schema}
    return {"type": "function", "function": function}
