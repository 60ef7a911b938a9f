"""A schema's `pattern` as GBNF, roughly as llama.cpp makes it: enough to tell how much work it will be."""

from __future__ import annotations

import re

_PART = re.compile(
    r"\\(?P<escaped>.)|\[\^?(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|P?<\w*>)?|(?P<times>\{\d*,?\d*\})|(?P<plain>[^][(){}*+?.|\\])",
    re.DOTALL,
)
_CLASSES = {"d": "[0-9]", "D": "[^0-9]", "w": "[0-9A-Z_a-z]", "W": "[^0-9A-Z_a-z]", "s": "[ \\t\\n]", "S": "[^ \\t\\n]"}
_IN_CLASS = {"d": "0-9", "w": "0-9A-Z_a-z", "s": " \\t\\n"}
_KEPT = frozenset('\\"[]-trn')


def grammar_of(pattern: str) -> str:
    """GBNF for texts of `pattern`."""
    inner = pattern.removeprefix("^").removesuffix("$")
    return "root ::= " + _PART.sub(_translated, inner)


def _translated(match: re.Match[str]) -> str:
    if escaped := match["escaped"]:
        return _CLASSES.get(escaped) or _literal(escaped)
    if plain := match["plain"]:
        return _literal(plain)
    if times := match["times"]:
        return times.replace("{,", "{0,")
    if match[0].startswith("("):
        return "("
    return re.sub(r"\\(.)", lambda inside: _IN_CLASS.get(inside[1]) or _escaped(inside[1]), match[0], flags=re.DOTALL)


def _literal(character: str) -> str:
    return f' "{_escaped(character)}" '


def _escaped(character: str) -> str:
    return f"\\{character}" if character in _KEPT else f"\\U{ord(character):08x}"
