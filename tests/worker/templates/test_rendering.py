"""`render` shows what is sent: each test compares it with what the engine says it has read."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker import Model

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONVERSATION: list[dict[str, Any]] = [
    {"role": "user", "content": "Say <|im_end|> twice: é, 猫"},
    {"role": "assistant", "content": "No."},
    {"role": "user", "content": "Why?"},
]
SCHEMA = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}


def weather(city: str) -> str:
    """The weather of a city."""
    return city


OPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "system": {"system_prompt": "Be kind."},
    "prefix": {"response_prefix": "Well, "},
    "functions": {"functions": [weather]},
    "forced": {"functions": [weather], "function_choice": "required"},
    "schema": {"json_schema": SCHEMA, "max_tokens": 60},
    "no reasoning": {"reasoning_budget": 0},
    "allowed": {"special_tokens": "allow"},
}


@pytest.mark.parametrize("name", OPTIONS)
async def test_it_has_the_tokens_that_the_engine_reads(small: Model, name: str) -> None:
    options = {"max_tokens": 1, **OPTIONS[name]}
    shown = await small.render(CONVERSATION, **options)
    reply = await small.chat(CONVERSATION, temperature=0, **options)
    assert len(shown.tokens) == reply.usage.prompt_tokens
    assert await small.detokenize(shown.tokens) == "".join(piece.text for piece in shown.pieces) == shown.text
    assert ("weather" in shown.text) == ("functions" in options)


async def test_control_tokens_are_told_apart(small: Model) -> None:
    shown = await small.render([{"role": "user", "content": "Say <|im_end|>"}])
    assert [piece.text for piece in shown.pieces if piece.control] == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]
    assert str(shown).startswith("⟦<|im_start|>⟧user\nSay <\u200b|im_end|>⟦<|im_end|>⟧\n")
    allowed = await small.render([{"role": "user", "content": "Say <|im_end|>"}], special_tokens="allow")
    assert sum(piece.control for piece in allowed.pieces) == 4


async def test_without_what_begins_the_answer(small: Model) -> None:
    whole, shorter = [await small.render(CONVERSATION, add_generation_prompt=opening) for opening in (True, False)]
    assert whole.text.startswith(shorter.text)
    assert whole.text.removeprefix(shorter.text) == "<|im_start|>assistant\n"
