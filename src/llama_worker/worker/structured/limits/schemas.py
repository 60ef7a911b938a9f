"""Which JSON schemas are let through to the engine: as they are, in response formats, and in descriptions of tools.

Whatever looks like a schema's keyword is counted, wherever it stands: a default that looks like one counts too.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, lcm
from typing import Any

from msgspec import Struct

from ....errors import InvalidOptionsError
from .gbnf import MOST_REPETITIONS, Unreadable
from .grammars import GRAMMAR, PATTERN, measure_grammar
from .measure import TooMany, too_many
from .references import check_references
from .regexes import grammar_of

# Each far below what `python -m benchmarks.costs.grammar_limits` finds to take two seconds, or to end the engine.
MOST_CHARACTERS = 512 * 1024
MOST_NODES = 20_000
DEEPEST = 100
LONGEST_NAME = 256
MOST_VALUES = 2000
MOST_PROPERTIES = 3000
MOST_PROPERTIES_OF_ONE = 300
MOST_ALTERNATIVES = 3000
MOST_ALTERNATIVES_OF_ONE = 250
MOST_TYPES_OF_ONE = 20
MOST_REPEATED = 100_000
MOST_MULTIPLE = 100_000
MOST_PATTERNS = 100
MOST_PATTERN_CHARACTERS = 5000


class _Counts(Struct):
    """What a schema consists of, so far."""

    nodes: int = 0
    characters: int = 0
    values: int = 0
    properties: int = 0
    alternatives: int = 0
    repeated: int = 0
    multiple: int = 1
    patterns: int = 0
    pattern_characters: int = 0


_MOST = (
    ("nodes", "parts", MOST_NODES),
    ("characters", "characters", MOST_CHARACTERS),
    ("values", "values in its lists of allowed ones", MOST_VALUES),
    ("properties", "properties", MOST_PROPERTIES),
    ("alternatives", "alternatives", MOST_ALTERNATIVES),
    ("repeated", "characters and items to be counted", MOST_REPEATED),
)


def check_schema(schema: Any, path: str = "json_schema") -> None:
    """Raises `InvalidOptionsError` for what would keep the engine busy, or end it; tools may come as a list."""
    try:
        _measure(schema)
        check_references(schema, MOST_NODES, DEEPEST, GRAMMAR.beginnings)
    except TooMany as found:
        raise too_many("The schema", found, path) from None
    except Unreadable:
        message = "The schema has a pattern that cannot be read: use the common parts of regular expressions."
        raise InvalidOptionsError(message, path=path) from None


def _measure(schema: Any) -> None:
    """Raises `TooMany`, and `Unreadable` for a pattern. Level by level, so that depth costs no stack."""
    counts, level, depth = _Counts(), [schema], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise TooMany("levels", depth, DEEPEST)
        following: list[Any] = []
        for node in level:
            following += _look_at(node, counts)
        level = following


def _look_at(node: Any, counts: _Counts) -> list[Any]:
    """Counts a node and gives those in it."""
    counts.nodes += 1
    inside: list[Any] = []
    if isinstance(node, str):
        counts.characters += len(node)
    elif isinstance(node, list | tuple):
        inside = list(node)
    elif isinstance(node, dict):
        inside = list(node.values())
        for key, value in node.items():
            _look_at_keyword(str(key), value, counts)
    for name, what, most in _MOST:
        if (count := getattr(counts, name)) > most:
            raise TooMany(what, count, most)
    return inside


def _look_at_keyword(key: str, value: Any, counts: _Counts) -> None:
    counts.characters += len(key)
    if key == "$ref" and isinstance(value, str):
        _check_most("characters in a reference", len(value), 2 * LONGEST_NAME)
    if look := _KEYWORDS.get(key):
        look(value, counts)
    elif len(key) > LONGEST_NAME:
        raise TooMany("characters in a name", len(key), LONGEST_NAME)


def _look_at_values(value: Any, counts: _Counts) -> None:
    counts.values += len(value) if isinstance(value, list | tuple) else 0


def _look_at_properties(value: Any, counts: _Counts) -> None:
    if isinstance(value, dict):
        counts.properties += len(value)
        _check_most("properties in one object", len(value), MOST_PROPERTIES_OF_ONE)


def _look_at_alternatives(value: Any, counts: _Counts) -> None:
    if isinstance(value, list | tuple):
        counts.alternatives += len(value)
        _check_most("alternatives for one value", len(value), MOST_ALTERNATIVES_OF_ONE)


def _look_at_types(value: Any, counts: _Counts) -> None:
    if isinstance(value, list | tuple):
        _check_most("types for one value", len(value), MOST_TYPES_OF_ONE)


def _look_at_times(value: Any, counts: _Counts) -> None:
    """A maximum that is higher than the engine counts to is none to it."""
    if isinstance(value, int | float) and 0 < value <= MOST_REPETITIONS:
        counts.repeated += int(value)


def _look_at_least(value: Any, counts: _Counts) -> None:
    """What must be there is written out, however often."""
    if isinstance(value, int | float) and value > 0:
        count = int(min(value, 2**53))
        _check_most("characters or items that must be there", count, MOST_REPETITIONS)
        counts.repeated += count


def _look_at_multiple(value: Any, counts: _Counts) -> None:
    """Multiples of two numbers together are those of their least common one."""
    if isinstance(value, int | float) and isfinite(value) and value:
        counts.multiple = lcm(counts.multiple, _remainders(value))
        _check_most("remainders of multipleOf to tell apart", counts.multiple, MOST_MULTIPLE)


def _remainders(value: float) -> int:
    """What the engine counts through: 25 for 25 and for 0.25."""
    if value == int(value):
        return abs(int(value))
    return int(repr(abs(value)).partition("e")[0].replace(".", "").strip("0"))


def _look_at_pattern(value: Any, counts: _Counts) -> None:
    if not isinstance(value, str):
        return
    counts.patterns += 1
    counts.pattern_characters += len(value)
    _check_most("patterns", counts.patterns, MOST_PATTERNS)
    _check_most("characters in its patterns", counts.pattern_characters, MOST_PATTERN_CHARACTERS)
    try:
        counts.repeated += measure_grammar(grammar_of(value), PATTERN)
    except TooMany as found:
        raise TooMany(f"{found.what} in a pattern", found.count, found.most) from None


def _check_most(what: str, count: int, most: int) -> None:
    if count > most:
        raise TooMany(what, count, most)


_KEYWORDS: dict[str, Callable[[Any, _Counts], None]] = {
    "enum": _look_at_values,
    "type": _look_at_types,
    "properties": _look_at_properties,
    "anyOf": _look_at_alternatives,
    "oneOf": _look_at_alternatives,
    "allOf": _look_at_alternatives,
    "prefixItems": _look_at_alternatives,
    "maxLength": _look_at_times,
    "maxItems": _look_at_times,
    "minLength": _look_at_least,
    "minItems": _look_at_least,
    "multipleOf": _look_at_multiple,
    "pattern": _look_at_pattern,
}
