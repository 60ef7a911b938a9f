"""Which grammars are let through to the engine."""

from __future__ import annotations

from functools import lru_cache

from ....errors import InvalidOptionsError
from .gbnf import Grammar, GrammarReader, Unreadable
from .measure import TooMany, too_many
from .walk import Beginnings, Walk

# Each far below what `python -m benchmarks.grammar_limits` finds to take two seconds, or to end the engine.
MOST_CHARACTERS = 256 * 1024
MOST_ELEMENTS = 100_000
DEEPEST_GROUPS = 200
DEEPEST_RULES = 1000
MOST_BEGINNINGS = 50_000
MOST_WAYS = 3000


def check_grammar(text: str, path: str = "grammar") -> None:
    """Raises `InvalidOptionsError` for a grammar that would keep the engine busy, or end it; what is no GBNF at all is
    the engine's to refuse."""
    if text.startswith("%"):
        raise InvalidOptionsError("A grammar must be GBNF (`root ::= ...`).", path=path)
    try:
        measure_grammar(text)
    except TooMany as found:
        raise too_many("The grammar", found, path) from None
    except Unreadable:
        return


@lru_cache(maxsize=32)
def measure_grammar(text: str) -> None:
    """Raises `TooMany`, and `Unreadable` for what is no grammar."""
    if len(text) > MOST_CHARACTERS:
        raise TooMany("characters", len(text), MOST_CHARACTERS)
    grammar = GrammarReader(text, MOST_ELEMENTS, DEEPEST_GROUPS).read()
    if grammar.root is None or not _defined(grammar):
        raise Unreadable
    if not Beginnings(grammar, MOST_BEGINNINGS, DEEPEST_RULES).recur():
        Walk(grammar, MOST_WAYS).check(grammar.root)


def _defined(grammar: Grammar) -> bool:
    """Whether there is a rule for every name."""
    named = {element for element in grammar.elements if isinstance(element, int)}
    return named | {grammar.root} <= grammar.rules.keys()
