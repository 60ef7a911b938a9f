"""What is given as a schema and is none is refused by us, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidOptionsError
from llama_worker.worker.structured.limits import check_fields
from llama_worker.worker.structured.wellformed import check_wellformed

NONE: list[tuple[dict[str, Any], str]] = [
    ({"type": 5}, "type"),
    ({"type": "banana"}, "type"),
    ({"type": []}, "type"),
    ({"type": ["string", 5]}, "type"),
    ({"properties": {"a": {"type": 5}}}, "properties.a.type"),
    ({"items": [{"minLength": "x"}]}, "items[0].minLength"),
    ({"anyOf": [5]}, "anyOf[0]"),
    ({"anyOf": {}}, "anyOf"),
    ({"not": 5}, "not"),
    ({"additionalProperties": 5}, "additionalProperties"),
    ({"enum": 5}, "enum"),
    ({"enum": []}, "enum"),
    ({"required": "a"}, "required"),
    ({"properties": []}, "properties"),
    ({"$defs": {"a": 5}}, "$defs.a"),
    ({"$ref": 5}, "$ref"),
    ({"pattern": 5}, "pattern"),
    ({"minItems": 1.5}, "minItems"),
    ({"maxLength": -1}, "maxLength"),
    ({"maxLength": 1e30}, "maxLength"),
    ({"maxLength": True}, "maxLength"),
    ({"minimum": "a"}, "minimum"),
]


@pytest.mark.parametrize(("schema", "place"), NONE, ids=str)
def test_no_schema(schema: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidOptionsError) as caught:
        check_wellformed(schema, "json_schema")
    assert caught.value.path == f"json_schema.{place}"


@pytest.mark.parametrize(
    "fields",
    [
        {"json_schema": {"type": 5}},
        {"response_format": {"type": "json_object", "schema": {"type": 5}}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": 5}}}},
        {"text": {"format": {"type": "json_schema", "schema": {"type": 5}}}},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": 5}}}]},
        {"tools": [{"type": "function", "name": "f", "parameters": {"type": 5}}]},
    ],
    ids=str,
)
def test_wherever_a_request_has_it(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionsError, match="type cannot be 5"):
        check_fields(fields)


def test_what_says_nothing_is_no_mistake() -> None:
    check_wellformed({"type": None, "enum": None, "title": 5, "x-own": [], "items": True, "not": False}, "json_schema")
    check_wellformed({"properties": {"type": {"type": "string"}, "enum": {}}, "required": ["type"]}, "json_schema")


async def test_before_the_engine_is_asked(worker: LlamaWorker) -> None:
    model = await worker.load_model("builtin", context_size=512)
    tool = {"name": "f", "parameters": {"type": "object", "properties": {"x": {"type": 5}}}}
    for asked in ({"response_format": {"type": "banana"}}, {"functions": [tool]}):
        with pytest.raises(InvalidOptionsError, match="type cannot be"):
            await model.chat([{"role": "user", "content": "Hello!"}], **asked)
