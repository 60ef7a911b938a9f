"""Schemas as GBNF: what the grammar lets through fits the schema, and what it cannot say is left to the engine."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from llama_worker import Model
from llama_worker.worker.structured.grammars.from_schema import Converter, NotConvertible, grammar_from_schema
from llama_worker.worker.structured.grammars.integers import integers
from llama_worker.worker.structured.limits import check_grammar

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = {"enum": ["soup", 'fi"sh\n', 3, None]}
CONVERTIBLE: dict[str, dict[str, Any]] = {
    "enum": WORDS,
    "const": {"const": {"a": [1, "é"]}},
    "object": {"type": "object", "properties": {"a": WORDS, "b": {"type": "boolean"}}, "required": ["b"]},
    "only optional": {"type": "object", "properties": {"a": WORDS, "b": WORDS}, "additionalProperties": False},
    "array": {"type": "array", "items": WORDS, "minItems": 1, "maxItems": 3},
    "tuple": {"type": "array", "prefixItems": [WORDS, {"type": "null"}], "minItems": 2, "maxItems": 2, "items": False},
    "range": {"type": "integer", "minimum": -3, "maximum": 12},
    "wide range": {"type": "integer", "exclusiveMinimum": -8.5, "exclusiveMaximum": 4000},
    "from": {"type": "integer", "minimum": 7},
    "up to": {"type": "integer", "maximum": 23},
    "text": {"type": "string", "minLength": 2, "maxLength": 5},
    "date": {"type": "string", "format": "date"},
    "union": {"anyOf": [{"type": "null"}, {"type": ["integer", "boolean"], "minimum": 1, "maximum": 2}]},
    "recursive": {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {"type": "object", "properties": {"next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]}}}
        },
    },
}
NOT_CONVERTIBLE: list[dict[str, Any]] = [
    {"type": "string", "pattern": "a+"},
    {"type": "number", "minimum": 0},
    {"type": "integer", "minimum": 7, "maximum": 6},
    {"type": "integer", "multipleOf": 5},
    {"allOf": [{"type": "object"}]},
    {"not": {"type": "object"}},
    {"type": "array", "items": {"type": "null"}, "maxItems": 5000},
    {"$ref": "#/properties/a"},
]


@pytest.mark.parametrize("name", CONVERTIBLE)
async def test_noise_within_the_grammar_fits_the_schema(name: str, noise: Model) -> None:
    schema = CONVERTIBLE[name]
    grammar = grammar_from_schema(schema)
    check_grammar(grammar)
    for seed in range(3):
        reply = await noise.complete("mama papa", grammar=grammar, seed=seed, temperature=2, max_tokens=400)
        if reply.finish_reason == "stop":
            assert fits(json.loads(reply.text), schema, schema.get("$defs", {})), reply.text
        else:
            assert name == "recursive"


@pytest.mark.parametrize("schema", NOT_CONVERTIBLE, ids=str)
async def test_what_it_cannot_say_is_not_said_loosely(schema: dict[str, Any]) -> None:
    with pytest.raises(NotConvertible):
        grammar_from_schema(schema)


@pytest.mark.parametrize(
    ("schema", "instead"),
    [
        ({"type": "string", "pattern": "a+"}, {"type": "string"}),
        ({"type": "number", "exclusiveMinimum": 0}, {"type": "number"}),
        ({"type": "integer", "multipleOf": 5, "maximum": 9}, {"type": "integer", "maximum": 9}),
        (
            {"type": "array", "uniqueItems": True, "items": {"type": "null"}},
            {"type": "array", "items": {"type": "null"}},
        ),
        ({"allOf": [{"type": "object"}]}, True),
    ],
    ids=str,
)
async def test_loosely_only_what_it_cannot_say_is_left_out(schema: Any, instead: Any) -> None:
    def within(inner: Any) -> dict[str, Any]:
        return {"type": "object", "properties": {"a": inner, "b": {"type": "boolean"}}, "required": ["a"]}

    assert Converter({}, loosely=True).rules(within(schema)) == Converter({}).rules(within(instead))


BOUNDS = [None, -1234, -100, -99, -10, -9, -1, 0, 1, 7, 9, 10, 11, 23, 99, 100, 101, 999, 1000, 1234]


@pytest.mark.parametrize("least", BOUNDS)
async def test_a_range_has_all_its_numbers_and_no_other(least: int | None) -> None:
    for most in BOUNDS:
        allowed = re.compile("|".join(re.sub('[ "]', "", one) for one in integers(least, most)) or "(?!)")
        numbers = {n for bound in BOUNDS if bound is not None for n in range(bound - 12, bound + 13)}
        within = {n for n in numbers if (least is None or n >= least) and (most is None or n <= most)}
        assert {n for n in numbers if allowed.fullmatch(str(n))} == within, most


def fits(value: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> bool:
    """A reader of schemas of its own, for those above."""
    if "$ref" in schema:
        return fits(value, definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "enum" in schema or "const" in schema:
        return value in schema.get("enum", [schema.get("const")])
    if "anyOf" in schema:
        return any(fits(value, one, definitions) for one in schema["anyOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return any(_FITS[kind](value, schema, definitions) for kind in kinds)


def _object(value: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> bool:
    properties = schema["properties"]
    known = all(name in properties and fits(item, properties[name], definitions) for name, item in value.items())
    return known and set(schema.get("required", ())) <= value.keys()


def _array(value: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> bool:
    kinds = schema.get("prefixItems") or [schema["items"]] * len(value)
    right = all(fits(item, kind, definitions) for item, kind in zip(value, kinds, strict=True))
    return right and schema["minItems"] <= len(value) <= schema["maxItems"]


_FITS: dict[str, Any] = {
    "null": lambda value, *_: value is None,
    "boolean": lambda value, *_: isinstance(value, bool),
    "integer": lambda value, schema, _: type(value) is int and _in_range(value, schema),
    "string": lambda value, schema, _: isinstance(value, str) and _length(value, schema),
    "object": _object,
    "array": _array,
}


def _length(value: str, schema: dict[str, Any]) -> bool:
    return len(value) == 10 if "format" in schema else schema["minLength"] <= len(value) <= schema["maxLength"]


def _in_range(value: int, schema: dict[str, Any]) -> bool:
    least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    above, below = schema.get("exclusiveMinimum", -math.inf), schema.get("exclusiveMaximum", math.inf)
    return bool(least <= value <= most and above < value < below)
