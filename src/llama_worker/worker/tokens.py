"""Tokens as the engine sees them: exact, because it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import json

from ..engine.engine import Engine
from ..options import PromptOptions
from .history import Message


async def tokenize(engine: Engine, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
    """The ids of the tokens of `text`.

    `add_special` puts those before it that the model wants at a beginning; `parse_special` reads texts such as
    `<|im_end|>` as the one token that they are the name of.
    """
    body = {"content": text, "add_special": add_special, "parse_special": parse_special}
    tokens: list[int] = json.decode(await engine.call("/tokenize", body))["tokens"]
    return tokens


async def detokenize(engine: Engine, tokens: Sequence[int]) -> str:
    """The text of tokens."""
    text: str = json.decode(await engine.call("/detokenize", {"tokens": list(tokens)}))["content"]
    return text


def template_options(options: PromptOptions) -> dict[str, Any]:
    """What the chat template is told: without a budget for reasoning, also that there is to be none."""
    unless_said = {"enable_thinking": False} if options.reasoning_budget == 0 else {}
    return unless_said | options.chat_template_options


async def render(engine: Engine, messages: Sequence[Message], template: dict[str, Any], **fields: Any) -> str:
    """The text that the model's chat template makes of `messages`."""
    body = {"messages": list(messages), "chat_template_kwargs": template, **fields}
    prompt: str = json.decode(await engine.call("/apply-template", body))["prompt"]
    return prompt


async def count_tokens(
    engine: Engine, messages: Sequence[Message], template: dict[str, Any], tools: Sequence[dict[str, Any]] = ()
) -> int:
    """Tokens of a whole prompt, the beginning of the answer included, exactly as the engine will count them."""
    fields = {"tools": list(tools)} if tools else {}
    prompt = await render(engine, messages, template, **fields)
    return len(await tokenize(engine, prompt, add_special=True, parse_special=True))
