"""The chat template of a fake model: ChatML, with functions and reasoning as Qwen and Hermes write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]

SOURCE = """\
{%- if tools %}<|im_start|>tools
{{ tools | tojson }}<|im_end|>
{% endif %}
{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>{{ message.reasoning_content }}</think>{% endif %}{{ message.content }}
{%- for call in message.tool_calls %}<tool_call>
{"name": {{ call.function.name | tojson }}, "arguments": {{ call.function.arguments }}}
</tool_call>{% endfor %}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
"""For whoever reads what the engine says of itself; `rendered` does what it says."""
MEDIA_MARK = "<__media__>"
CAPABILITIES = {
    "supports_tools": True,
    "supports_tool_calls": True,
    "supports_system_role": True,
    "supports_parallel_tool_calls": True,
    "supports_preserve_reasoning": True,
}


def rendered(body: Mapping[str, Any]) -> str:
    """The prompt of a chat request. An answer that has begun stays open at its end."""
    messages: Sequence[Message] = body.get("messages") or ()
    begun = bool(messages) and messages[-1].get("role") == "assistant" and not messages[-1].get("tool_calls")
    tools = body.get("tools") if body.get("tool_choice") != "none" else None
    text = f"<|im_start|>tools\n{json.dumps(tools)}<|im_end|>\n" if tools else ""
    text += "".join(map(_message, messages[:-1] if begun else messages))
    if begun:
        return text + _message(messages[-1]).removesuffix("<|im_end|>\n")
    return text + ("<|im_start|>assistant\n" if body.get("add_generation_prompt", True) else "")


def content_text(content: Any) -> str:
    """The text of a message's content, with a mark for each image and sound."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Iterable) else ()
    return "".join(part.get("text", "") if part.get("type") == "text" else MEDIA_MARK for part in parts)


def call_beginning(name: str) -> str:
    """What stands before a call's arguments."""
    return f'<tool_call>\n{{"name": {json.dumps(name)}, "arguments": '


CALL_END = "}\n</tool_call>"


def _message(message: Message) -> str:
    reasoning = message.get("reasoning_content")
    thought = f"<think>{reasoning}</think>" if reasoning else ""
    calls = "".join(map(_call, message.get("tool_calls") or ()))
    return f"<|im_start|>{message.get('role')}\n{thought}{content_text(message.get('content'))}{calls}<|im_end|>\n"


def _call(call: Mapping[str, Any]) -> str:
    function = call["function"]
    arguments = function.get("arguments", "{}")
    return (
        call_beginning(function["name"])
        + (arguments if isinstance(arguments, str) else json.dumps(arguments))
        + CALL_END
    )
