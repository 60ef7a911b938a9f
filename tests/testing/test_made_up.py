"""Values and texts that fit what was asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_worker.testing.script.grammars import text_for
from llama_worker.testing.script.schemas import value_for

NEXT = {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}
SELF = {
    "$ref": "#/$defs/node",
    "$defs": {"node": {"type": "object", "properties": {"next": NEXT}, "required": ["next"]}},
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date"}, "2024-01-31"),
        ({"type": "string", "minLength": 6}, "textxx"),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "number", "maximum": -2}, -2),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": 7}, 7),
        ({"type": "boolean"}, False),
        ({"type": ["null", "integer"]}, 0),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["text", "text"]),
        ({"type": "array", "prefixItems": [{"type": "integer"}], "items": False}, [0]),
        ({"type": "object", "properties": {"a": {"default": 5}, "b": {"examples": ["x"]}}}, {"a": 5, "b": "x"}),
    ],
)
def test_a_value_fits_its_schema(schema: dict[str, Any], value: Any) -> None:
    assert value_for(schema) == value


def test_a_schema_that_contains_itself_ends() -> None:
    assert '"next": null' in json.dumps(value_for(SELF))


@pytest.mark.parametrize(
    ("grammar", "text"),
    [
        ('root ::= "yes" | "no"', "no"),
        ('root ::= [0-9]{3} "-" x\nx ::= [^a]+', "000-b"),
        ('root ::= "(" root ")" | "x"', "x"),
        ("root ::= root", ""),
        ("no grammar", ""),
    ],
)
def test_the_shortest_text_of_a_grammar(grammar: str, text: str) -> None:
    assert text_for(grammar) == text
