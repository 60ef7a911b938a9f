"""Which grammars are let through to the engine."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from ....errors import InvalidOptionsError
from .gbnf import Grammar, GrammarReader, Unreadable
from .measure import TooMany, too_many
from .walk import Beginnings, Walk

# Each far below what `python -m benchmarks.costs.grammar_limits` finds to take two seconds, or to end the engine.
MOST_CHARACTERS = 256 * 1024
DEEPEST_GROUPS = 200
DEEPEST_RULES = 1000
MOST_WAYS = 2000


class Budget(Struct, frozen=True):
    """What one grammar may come to: elements when its repetitions are written out, and ways from rule to rule before
    the first letter; and after how many steps there has been enough reading."""

    elements: int = 100_000
    beginnings: int = 50_000
    steps: int = 60_000


GRAMMAR, PATTERN = Budget(), Budget(elements=20_000, beginnings=5000, steps=3000)
"""A schema has many patterns, and all of them are looked at."""


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


@lru_cache(maxsize=64)
def measure_grammar(text: str, budget: Budget = GRAMMAR) -> int:
    """How many elements it has. Raises `TooMany`, and `Unreadable` for what is no grammar."""
    if len(text) > MOST_CHARACTERS:
        raise TooMany("characters", len(text), MOST_CHARACTERS)
    grammar = GrammarReader(text, budget.elements, DEEPEST_GROUPS).read()
    if grammar.root is None or not _defined(grammar):
        raise Unreadable
    if not Beginnings(grammar, budget.beginnings, DEEPEST_RULES).recur():
        Walk(grammar, MOST_WAYS, budget.steps).check(grammar.root)
    return len(grammar.elements)


def _defined(grammar: Grammar) -> bool:
    """Whether there is a rule for every name."""
    named = {element for element in grammar.elements if isinstance(element, int)}
    return named | {grammar.root} <= grammar.rules.keys()
