"""Functions that LlamaIndex lets the model call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole, ToolCallBlock
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.llms.utils import parse_partial_json

from ..access.options import function_choice, given

if TYPE_CHECKING:
    from llama_index.core.tools.types import BaseTool


class CallsFunctions(FunctionCallingLLM):
    """What of a `FunctionCallingLLM` is about its functions."""

    def _prepare_chat_with_tools(
        self,
        tools: Sequence[BaseTool],
        user_msg: str | ChatMessage | None = None,
        chat_history: list[ChatMessage] | None = None,
        verbose: bool = False,
        allow_parallel_tool_calls: bool = False,
        tool_required: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        messages = list(chat_history or ())
        if user_msg is not None:
            asked = ChatMessage(user_msg, role=MessageRole.USER) if isinstance(user_msg, str) else user_msg
            messages.append(asked)
        return {
            "messages": messages,
            "tools": [tool.metadata.to_openai_tool(skip_length_check=True) for tool in tools],
            "tool_choice": "required" if tool_required else "auto",
            "allow_parallel_tool_calls": allow_parallel_tool_calls,
            **kwargs,
        }

    def get_tool_calls_from_response(
        self, response: ChatResponse, error_on_no_tool_call: bool = True, **kwargs: Any
    ) -> list[ToolSelection]:
        calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
        if not calls and error_on_no_tool_call:
            raise ValueError(f"Expected at least one tool call, but got {len(calls)} tool calls.")
        return [
            ToolSelection(
                tool_id=call.tool_call_id or "", tool_name=call.tool_name, tool_kwargs=_arguments(call.tool_kwargs)
            )
            for call in calls
        ]


def prompt_options(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keywords of LlamaIndex' as options of a prompt."""
    options = {name: value for name, value in kwargs.items() if name not in ("tools", "tool_choice", "stop")}
    several = options.pop("allow_parallel_tool_calls", True)
    if stop := kwargs.get("stop"):
        options["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    if tools := kwargs.get("tools"):
        options |= {"functions": tools} | given(function_choice=function_choice(kwargs.get("tool_choice")))
        options |= {} if several else {"max_parallel_function_calls": 1}
    return options


def _arguments(given: dict[str, Any] | str) -> dict[str, Any]:
    """Those of a call that is still coming may not be whole."""
    if isinstance(given, dict):
        return given
    try:
        arguments = parse_partial_json(given or "{}")
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}
