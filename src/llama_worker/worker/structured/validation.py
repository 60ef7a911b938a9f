"""Whether a value is one of a JSON schema, as far as the schema says only what is understood here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .limits.references import target_of

_DEEPEST, _MOST_LOOKED_AT = 100, 100_000
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment"}
)
_HOLDERS = frozenset({"$defs", "definitions"})
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}


def is_valid(value: Any, schema: Any) -> bool:
    """False too for a schema with keywords that are not read here, such as `pattern` and `not`."""
    return _Validation(schema).holds(value, schema, 0)


class _Validation:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = _MOST_LOOKED_AT

    def holds(self, value: Any, schema: Any, depth: int) -> bool:
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._left < 0:
            return schema is True
        return all(self._keyword(name, value, schema, depth) for name in schema if name not in _ANNOTATIONS)

    def _keyword(self, name: str, value: Any, schema: Mapping[str, Any], depth: int) -> bool:
        said = schema[name]
        if said is None or name in _HOLDERS:
            return True
        if (rule := _RULES.get(name)) is not None:
            kind, holds = rule
            return not _is(value, kind) or holds(value, said)
        match name:
            case "$ref":
                return self.holds(value, target_of(said, self._root), depth + 1)
            case "anyOf":
                return any(self.holds(value, one, depth + 1) for one in said)
            case "oneOf":
                return sum(self.holds(value, one, depth + 1) for one in said) == 1
            case "allOf":
                return all(self.holds(value, one, depth + 1) for one in said)
            case "properties" | "additionalProperties":
                return self._properties(value, schema, depth)
            case "items" | "prefixItems":
                return self._items(value, schema, depth)
        return False

    def _properties(self, value: Any, schema: Mapping[str, Any], depth: int) -> bool:
        if not isinstance(value, dict):
            return True
        others, known = schema.get("additionalProperties", True), schema.get("properties") or {}
        return all(self.holds(item, known.get(name, others), depth + 1) for name, item in value.items())

    def _items(self, value: Any, schema: Mapping[str, Any], depth: int) -> bool:
        if not isinstance(value, list):
            return True
        first, rest = schema.get("prefixItems") or [], schema.get("items", True)
        if isinstance(rest, list):
            first, rest = rest, True
        each = [*first, *[rest] * (len(value) - len(first))]
        return all(self.holds(item, one, depth + 1) for item, one in zip(value, each, strict=False))


def _is(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    if isinstance(value, bool) and kind != "boolean":
        return False
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return is_whole if kind == "integer" else isinstance(value, _TYPES[kind])


def _same(value: Any, other: Any) -> bool:
    return isinstance(value, bool) == isinstance(other, bool) and bool(value == other)


def _is_of(value: Any, said: Any) -> bool:
    return any(_is(value, kind) for kind in (said if isinstance(said, list) else [said]))


_RULES: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "type": ("any", _is_of),
    "enum": ("any", lambda value, said: any(_same(value, one) for one in said)),
    "const": ("any", _same),
    "required": ("object", lambda value, said: all(name in value for name in said)),
    "minLength": ("string", lambda value, said: len(value) >= said),
    "maxLength": ("string", lambda value, said: len(value) <= said),
    "minItems": ("array", lambda value, said: len(value) >= said),
    "maxItems": ("array", lambda value, said: len(value) <= said),
    "minProperties": ("object", lambda value, said: len(value) >= said),
    "maxProperties": ("object", lambda value, said: len(value) <= said),
    "minimum": ("number", lambda value, said: value >= said),
    "maximum": ("number", lambda value, said: value <= said),
    "exclusiveMinimum": ("number", lambda value, said: value > said),
    "exclusiveMaximum": ("number", lambda value, said: value < said),
}
"""By keyword, the type of the values that it is about, and whether it holds for one."""
