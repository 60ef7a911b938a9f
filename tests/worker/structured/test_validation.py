"""Whether a value is one of a schema."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker.worker.structured.validation import is_valid

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 2}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name"],
    "additionalProperties": False,
}
TREE = {"$defs": {"node": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2}}, "$ref": "#/$defs/node"}
RIGHT: list[tuple[Any, Any]] = [
    ({"name": "Ann", "age": 7}, PERSON),
    ({"name": "Ann"}, PERSON | {"title": "Person", "description": "somebody", "default": None}),
    ([[], [[]]], TREE),
    ({"a": 1}, {"additionalProperties": {"type": "integer"}}),
    ("a", {"enum": ["a", 1]}),
    (2.0, {"type": "integer", "exclusiveMaximum": 3}),
    (None, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    (["a", 1, 2], {"prefixItems": [{"type": "string"}], "items": {"type": "number"}}),
    (["a", 1], {"items": [{"type": "string"}]}),
    (1, {}),
]
WRONG: list[tuple[Any, Any]] = [
    ({"age": 7}, PERSON),
    ({"name": "A"}, PERSON),
    ({"name": "Ann", "age": -1}, PERSON),
    ({"name": "Ann", "age": True}, PERSON),
    ({"name": "Ann", "more": 1}, PERSON),
    ([[], [], []], TREE),
    ([[1]], TREE),
    ({"a": "b"}, {"additionalProperties": {"type": "integer"}}),
    (True, {"enum": [1]}),
    (2.5, {"type": "integer"}),
    (1, {"oneOf": [{"type": "integer"}, {"type": "number"}]}),
    ("a", {"allOf": [{"type": "string"}, {"maxLength": 0}]}),
    (1, {"const": True}),
    ("a", False),
    ("a", {"type": "string", "format": "date"}),  # not read
    ("a", {"pattern": "^a$"}),
    ("a", {"$ref": "#/nowhere"}),
]


@pytest.mark.parametrize(("value", "schema"), RIGHT, ids=str)
def test_right(value: Any, schema: Any) -> None:
    assert is_valid(value, schema)


@pytest.mark.parametrize(("value", "schema"), WRONG, ids=str)
def test_wrong(value: Any, schema: Any) -> None:
    assert not is_valid(value, schema)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_what_leads_to_itself_ends(keyword: str) -> None:
    assert not is_valid(1, {"$defs": {"a": {keyword: [{"$ref": "#/$defs/a"}] * 2}}, "$ref": "#/$defs/a"})
