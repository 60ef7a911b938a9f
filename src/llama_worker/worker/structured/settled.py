"""Schemas in the fewest ways of saying things: several engines' readers know only one of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions"})
_LISTS = frozenset({"anyOf", "oneOf", "allOf", "prefixItems", "items"})
_SINGLE = frozenset({"items", "contains", "propertyNames", "not", "if", "then", "else"})
_COUNTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_SAYS_NULL = frozenset({"const", "default"})


def settled(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same, said otherwise: what may be anything is `{}` and not `true`, 2.0 items are 2, what is null is left out,
    and an exclusive bound is a number. Call it for what `check_wellformed` has let through."""
    result = {key: _settled(key, value) for key, value in schema.items() if value is not None or key in _SAYS_NULL}
    for name, inclusive in _BOUNDS.items():
        if isinstance(is_exclusive := result.get(name), bool):
            del result[name]
            if is_exclusive and inclusive in result:
                result[name] = result.pop(inclusive)
    return result


def _settled(key: str, value: Any) -> Any:
    if key in _MAPS and isinstance(value, Mapping):
        return {name: _schema(inner) for name, inner in value.items()}
    if key in _LISTS and isinstance(value, list):
        return [_schema(inner) for inner in value]
    if key in _COUNTS and isinstance(value, float):
        return int(value)
    if key in _SINGLE:
        return _schema(value)
    return settled(value) if key == "additionalProperties" and isinstance(value, Mapping) else value


def _schema(value: Any) -> Any:
    if value is True:
        return {}
    return settled(value) if isinstance(value, Mapping) else value
