"""Where the text of an answer begins, and which schemas are enforced by a grammar of ours.

The engine's reader of schemas fails on some vocabularies and is passed by on some templates. So a conversation is
rendered, its end brought to where an answer's text begins, and the answer generated within a grammar.
"""

from __future__ import annotations

from typing import Any

from ...structured.grammars.from_schema import NotConvertible, grammar_from_schema

# What stands between the end of a rendered prompt and an answer's text, for models that begin in some other way.
_OPENINGS = {
    "<think>": "</think>\n\n",
    "[THINK]": "[/THINK]",
    "<seed:think>": "</seed:think>",
    "<|START_THINKING|>": "<|END_THINKING|><|START_RESPONSE|>",
    "<|CHATBOT_TOKEN|>": "<|START_RESPONSE|>",
    "<|start|>assistant": "<|channel|>final<|message|>",
    "Here are my reasoning steps:": "\n[BEGIN FINAL RESPONSE]\n",
    ">>>": "all\n",
}
_REASONING = ("think>", "[THINK]", "THINKING|>", "<|channel|>", "<|inner_prefix|>", "<|channel>", "reasoning steps")
# Templates whose schemas llama.cpp's own way does not enforce, whether the model reasons or not.
_UNENFORCED = ("<|channel|>", "<|tool_calls_section_begin|>", "<|tool_call_start|>")


def is_left_to_the_engine(template: str) -> bool:
    """Whether the engine's chat endpoint keeps to a schema and tells reasoning, for which there is room, from it."""
    return _reasons(template) and not any(mark in template for mark in _UNENFORCED)


def _reasons(template: str) -> bool:
    return any(mark in template for mark in _REASONING)


def at_the_answer(prompt: str, template: str) -> str:
    """A rendered prompt, brought to where the text of the answer begins: reasoning that it opens is closed."""
    end = prompt.rstrip()
    for mark, opening in _OPENINGS.items():
        if end.endswith(mark) and opening.strip().partition("\n")[0] in template:
            return prompt + opening
    return prompt


def schema_grammar(schema: dict[str, Any] | None) -> str | None:
    """A grammar for a schema; None without one, and for what only the engine's reader of schemas understands."""
    try:
        return None if schema is None else grammar_from_schema(schema)
    except NotConvertible:
        return None
