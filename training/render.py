"""Conversations to text and to tokens, through the one chat template that also ships inside the GGUF."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

TEMPLATE = (Path(__file__).parent / "chat_template.jinja").read_text(encoding="utf-8").strip()

IM_START, IM_END, END_OF_TEXT = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
CONTROL = [END_OF_TEXT, IM_START, IM_END]
MARKERS = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tools>", "</tools>"]

Message = dict[str, Any]


def to_json(value: Any) -> str:
    """JSON as llama.cpp's template engine prints it: spaces after ':' and ',', UTF-8 kept."""
    return json.dumps(value, ensure_ascii=False)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    environment.filters["tojson"] = to_json
    return environment.from_string(TEMPLATE)


def render(messages: list[Message], tools: list[Message] | None = None, add_generation_prompt: bool = False) -> str:
    """The text that the model reads for these messages."""
    text: str = _template().render(messages=messages, tools=tools, add_generation_prompt=add_generation_prompt)
    return text
