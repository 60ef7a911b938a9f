"""A grammar for a text whose beginning is there already."""

from __future__ import annotations

import re

# Strings, character classes and comments may contain the name of a rule without meaning it.
_PART = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*|(?P<name>[A-Za-z0-9-]+)')


def with_beginning(grammar: str, beginning: str) -> str:
    """GBNF for `beginning` followed by what `grammar` describes."""
    renamed = _PART.sub(lambda match: "root-of-answer" if match["name"] == "root" else match[0], grammar)
    return f"root ::= {literal(beginning)} root-of-answer\n{renamed}\n"


def literal(text: str) -> str:
    """A text as GBNF has it."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'
