"""Values of any type that a message or a request may have: well-typed ones at the ends of their ranges, and others."""

from __future__ import annotations

import math
import random
from typing import Any

from msgspec import inspect

_TEXTS = (
    "",
    "a",
    "la li",
    " ",
    "\0",
    "\u202e\U0001f600\ufdfa",
    "<|im_end|>",
    "{{ 7 * 7 }}",
    "%s%n",
    "../..",
    "x" * 5000,
)
_HOSTILE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**31,
    2**63,
    2**64,
    10**400,
    -0.0,
    1e308,
    0.5,
    "",
    "\ud800",
    "a\0b",
    "x" * 100_000,
    [],
    {},
    [[]] * 50,
    {"": {"": {"": 1}}},
    {"type": "object"},
    [1, "a", None, {}],
)
_DEEP: Any = 0
for _ in range(300):
    _DEEP = [_DEEP]


def well_typed(kind: inspect.Type, chance: random.Random, depth: int = 0) -> Any:
    """A plain value that decoding takes for one of that type."""
    match kind:
        case inspect.StructType():
            return _struct(kind, chance, depth)
        case inspect.UnionType(types):
            return well_typed(chance.choice(types), chance, depth)
        case inspect.LiteralType(values):
            return chance.choice(values)
        case inspect.IntType():
            return _whole(kind, chance)
        case inspect.FloatType():
            return _real(kind, chance)
        case inspect.StrType():
            return _text(kind, chance)
        case inspect.BoolType():
            return chance.random() < 0.5
        case inspect.ListType() | inspect.VarTupleType() | inspect.CollectionType():
            return _several(kind, chance, depth)
        case inspect.TupleType(types):
            return [well_typed(one, chance, depth + 1) for one in types]
        case inspect.DictType(keys, values):
            return {str(well_typed(keys, chance, 9)): well_typed(values, chance, depth + 1) for _ in range(depth < 4)}
        case inspect.AnyType():
            return anything(chance) if chance.random() < 0.3 else chance.choice(_TEXTS)
        case inspect.Metadata(inner):
            return well_typed(inner, chance, depth)
    return None


def _struct(kind: inspect.StructType, chance: random.Random, depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {} if kind.tag is None or kind.tag_field is None else {kind.tag_field: kind.tag}
    for field in kind.fields:
        if field.required or chance.random() < (0.3 if depth else 0.5):
            value[field.encode_name] = well_typed(field.type, chance, depth + 1)
    return value


def _whole(kind: inspect.IntType, chance: random.Random) -> int:
    low = kind.ge if kind.ge is not None else -(2**31)
    high = kind.le if kind.le is not None else 2**31 - 1
    return chance.choice([low, high, low + 1, min(low + 3, high), chance.randint(low, min(high, low + 64))])


def _real(kind: inspect.FloatType, chance: random.Random) -> float:
    low = kind.ge if kind.ge is not None else math.nextafter(kind.gt, math.inf) if kind.gt is not None else -1e308
    high = kind.le if kind.le is not None else math.nextafter(kind.lt, -math.inf) if kind.lt is not None else 1e308
    return chance.choice([low, high, chance.uniform(low, min(high, low + 1.0))])


def _text(kind: inspect.StrType, chance: random.Random) -> str:
    if kind.pattern is not None:
        return "0" * 64
    fitting = [text for text in _TEXTS if (kind.min_length or 0) <= len(text) <= (kind.max_length or 10**6)]
    return chance.choice(fitting or ["a" * (kind.min_length or 1)])


def _several(kind: Any, chance: random.Random, depth: int) -> list[Any]:
    least = kind.min_length or 0
    count = max(least, chance.choice([1, 2, 5]) if depth < 4 else least)
    return [well_typed(kind.item_type, chance, depth + 1) for _ in range(min(count, kind.max_length or 64))]


def anything(chance: random.Random) -> Any:
    """What nobody expects there."""
    return _DEEP if chance.random() < 0.05 else chance.choice(_HOSTILE)


def spoiled(value: Any, chance: random.Random) -> Any:
    """`value` with something else in one place of it, or a name that is not known."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice([name for name in value if name != "type"] or list(value))
        return value | {name: spoiled(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return [*value[:at], spoiled(value[at], chance), *value[at + 1 :]]
    return value | {"neverHeardOf": 1} if isinstance(value, dict) and chance.random() < 0.5 else anything(chance)
