"""Where the text of an answer begins, and which schemas are enforced by a grammar of ours.

The engine's reader of schemas fails on some vocabularies and is passed by on some templates. So a conversation is
rendered, its end brought to where an answer's text begins, and the answer generated within a grammar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...structured.grammars.from_schema import NOT_CONVERTIBLE, grammar_from_schema

# Between the end of a rendered prompt and an answer's text: where the template opens reasoning, what ends that.
_CLOSINGS = {
    "<think>": "</think>\n\n",
    "[THINK]": "[/THINK]",
    "<seed:think>": "</seed:think>",
    "<|START_THINKING|>": "<|END_THINKING|><|START_RESPONSE|>",
    "Here are my reasoning steps:": "\n[BEGIN FINAL RESPONSE]\n",
}
# For models that begin in some other way.
_OPENINGS = {
    "<|END_THINKING|>": "<|START_RESPONSE|>",
    "<|CHATBOT_TOKEN|>": "<|START_RESPONSE|>",
    "<|start|>assistant": "<|channel|>final<|message|>",
    ">>>": "all\n",
}
_REASONING = ("think>", "[THINK]", "THINKING|>", "<|channel|>", "<|inner_prefix|>", "<|channel>", "reasoning steps")
# Templates whose schemas llama.cpp's own way does not enforce, whether the model reasons or not.
_UNENFORCED = ("<|channel|>", "<|tool_calls_section_begin|>", "<|tool_call_start|>")

# The library that reads schemas of completions would else allow any white space, and a weak model then ends in it.
_NO_SPARE_BLANKS = {"x-guidance": {"whitespace_flexible": False, "key_separator": ": ", "item_separator": ", "}}


def is_left_to_the_engine(template: str) -> bool:
    """Whether the engine's chat endpoint keeps to a schema and tells reasoning, for which there is room, from it."""
    return _reasons(template) and not any(mark in template for mark in _UNENFORCED)


def _reasons(template: str) -> bool:
    return any(mark in template for mark in _REASONING)


def at_the_answer(prompt: str, template: str) -> str:
    """A rendered prompt, brought to where the text of the answer begins: reasoning that it opens is closed."""
    return prompt + (end_of_reasoning(prompt, template) or _following(prompt, template, _OPENINGS))


def end_of_reasoning(prompt: str, template: str) -> str:
    """What ends the reasoning that a rendered prompt opens; empty when it opens none."""
    return _following(prompt, template, _CLOSINGS)


def _following(prompt: str, template: str, by_mark: Mapping[str, str]) -> str:
    end = prompt.rstrip()
    for mark, text in by_mark.items():
        if end.endswith(mark) and text.strip().partition("\n")[0] in template:
            return text
    return ""


def schema_grammar(schema: dict[str, Any] | None) -> str | None:
    """A grammar for a schema; None without one, and for what only the engine's reader of schemas understands."""
    try:
        return None if schema is None else grammar_from_schema(schema)
    except NOT_CONVERTIBLE:
        return None


def schema_fields(schema: dict[str, Any]) -> dict[str, Any]:
    """What keeps a text that is continued to a schema, in the engine's words."""
    form = schema_grammar(schema)
    return {"json_schema": schema | _NO_SPARE_BLANKS} if form is None else {"grammar": form}
