"""A value that fits a JSON schema: the same one every time, made of what the schema says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FORMATS = {
    "date": "2024-01-31",
    "time": "12:00:00Z",
    "date-time": "2024-01-31T12:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "ipv4": "127.0.0.1",
    "duration": "PT1H",
}
_DEEPEST = 8


def value_for(schema: Any, name: str = "text") -> Any:
    """What fits `schema`: its default or its first example, the first of its choices, else the least that fits. A text
    is the name of the property that it is of."""
    return _Values(schema.get("$defs", {}) if isinstance(schema, Mapping) else {}).of(schema, name, 0)


class _Values:
    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def of(self, schema: Any, name: str, depth: int) -> Any:
        if not isinstance(schema, Mapping):
            return name
        if (target := schema.get("$ref")) is not None:
            return self.of(self._definitions.get(str(target).rpartition("/")[2], {}), name, depth + 1)
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        for key in ("examples", "enum"):
            if schema.get(key):
                return schema[key][0]
        for key in ("anyOf", "oneOf", "allOf"):
            if schema.get(key):
                return self.of(self._simplest(schema[key], depth), name, depth)
        return self._typed(schema, name, depth)

    def _simplest(self, choices: list[Any], depth: int) -> Any:
        """The first; deep within a schema that contains itself the first that refers to nothing."""
        plain = [choice for choice in choices if not (isinstance(choice, Mapping) and "$ref" in choice)]
        return plain[-1] if plain and depth > _DEEPEST // 2 else choices[0]

    def _typed(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "string":
                return _text(schema, name)
            case "integer" | "number":
                return _number(schema, kind)
            case "boolean":
                return False
        return None

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        members = schema.get("properties", {}).items()
        kept = [(key, one) for key, one in members if key in required or depth < _DEEPEST]
        return {key: self.of(one, key, depth + 1) for key, one in kept}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        first = [self.of(one, name, depth + 1) for one in schema.get("prefixItems", ())]
        items = schema.get("items", not first)
        least = schema.get("minItems", 0 if depth >= _DEEPEST or items is False else 1)
        wanted = min(least, schema.get("maxItems", least))
        return first + [self.of(items, name, depth + 1) for _ in range(wanted - len(first))]


def _text(schema: Mapping[str, Any], name: str) -> str:
    text = _FORMATS.get(str(schema.get("format")), name)
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    long_enough = text + "x" * (least - len(text))
    return long_enough if most is None else long_enough[: int(most)]


def _number(schema: Mapping[str, Any], kind: str) -> float:
    step = schema.get("multipleOf", 1)
    least = schema.get("minimum")
    if least is None and "exclusiveMinimum" in schema:
        least = schema["exclusiveMinimum"] + step
    most = schema.get("maximum")
    if most is None and "exclusiveMaximum" in schema:
        most = schema["exclusiveMaximum"] - step
    value = max(least, 0) if least is not None else 0
    value = value if most is None else min(value, most)
    return int(value) if kind == "integer" else value
