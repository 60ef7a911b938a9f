"""Names as messages and as Python spell them, and several of them in a sentence."""

from __future__ import annotations

import re


def camel(name: str) -> str:
    """`max_tokens` as messages spell it."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def snake(name: str) -> str:
    """`maxTokens` as Python spells it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def enumerated(words: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
