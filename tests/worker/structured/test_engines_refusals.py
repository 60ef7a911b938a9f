"""What the engine would refuse of a schema is refused before, and what it would not is answered, wherever it stands."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model, errors
from llama_worker.http import create_app
from tests.http.wrong_types.test_wrong_types import ask

TEXT = {"type": "string"}
REFUSED: dict[str, dict[str, Any]] = {
    "to a definition that is not there": {"$ref": "#/$defs/a", "$defs": {"b": TEXT}},
    "from a property to nowhere": {"properties": {"x": {"$ref": "#/$defs/a"}}},
    "to nowhere from others": {"type": "object", "additionalProperties": {"$ref": "#/nowhere"}},
    "to nowhere from one of all": {"allOf": [{"$ref": "#/nowhere"}]},
    "to the whole": {"type": "object", "properties": {"x": {"$ref": "#"}}},
    "to nothing": {"$ref": ""},
    "to an address": {"$ref": "https://schemas.example/a.json"},
    "to a file": {"$ref": "a.json"},
    "to an anchor": {"properties": {"x": {"$ref": "#a"}}},
    "to definitions of its own": {"properties": {"x": {"$defs": {"a": TEXT}, "$ref": "#/$defs/a"}}},
    "to itself": {"properties": {"x": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}},
    "to one another": {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    "to a text": {"properties": {"x": {"$ref": "#/title"}}, "title": "a"},
    "never": {"properties": {"x": False}},
    "items never": {"type": "array", "items": False},
    "any of none": {"anyOf": []},
    "one of none": {"oneOf": []},
    "all of none": {"allOf": []},
    "length within nothing": {"type": "string", "minLength": 5, "maxLength": 2},
    "items within nothing": {"type": "array", "items": TEXT, "minItems": 5, "maxItems": 2},
    "text as a bound": {"type": "integer", "exclusiveMinimum": "a"},
}
ANSWERED: dict[str, dict[str, Any]] = {
    "anything": {"type": "object", "properties": {"x": True}},
    "any items": {"type": "array", "items": True},
    "any of anything": {"anyOf": [True]},
    "nested": {"type": ["object"], "properties": {"a": {"properties": {"b": True}}}},
    "a float as a length": {"type": "string", "minLength": 1.0},
    "a float as a number of items": {"type": "array", "minItems": 2.0, "items": TEXT},
    "a boolean as a bound": {"type": "integer", "minimum": 2, "exclusiveMinimum": True},
    "a null": {"type": "array", "items": None},
    "to a definition": {"type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}, "$defs": {"a": TEXT}},
    "to an older definition": {"properties": {"x": {"$ref": "#/definitions/y"}}, "definitions": {"y": TEXT}},
    "a tree": {"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}},
}
HELLO = [{"role": "user", "content": "Hello!"}]


@pytest.fixture
async def model(worker: LlamaWorker) -> Model:
    return await worker.load_model("builtin", context_size=512)


def _asked(way: str, schema: Any) -> dict[str, Any]:
    return {way: schema if way == "response_format" else [{"name": "f", "description": "d", "parameters": schema}]}


@pytest.mark.parametrize("way", ["response_format", "functions"])
async def test_in_python(model: Model, way: str) -> None:
    for schema in REFUSED.values():
        with pytest.raises(errors.InvalidOptionsError):
            await model.chat(HELLO, **_asked(way, schema))
    for schema in ANSWERED.values():
        with suppress(errors.InvalidOutputError):  # cut off
            await model.chat(HELLO, max_tokens=1, **_asked(way, schema))


@pytest.mark.slow
async def test_over_http(worker: LlamaWorker) -> None:
    app = create_app(worker)
    for status, schemas in ((400, REFUSED), (200, ANSWERED)):
        for name, schema in schemas.items():
            for path, body in _bodies(schema):
                assert (await ask(app, path, {"model": "builtin", **body}))[0] == status, (path, name, body)


def _bodies(schema: Any) -> list[tuple[str, dict[str, Any]]]:
    chat = {"messages": HELLO, "max_tokens": 1}
    function = {"name": "f", "description": "d", "parameters": schema}
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    responses = {"input": "Hello!", "max_output_tokens": 1}
    return [
        ("/v1/chat/completions", chat | {"response_format": form}),
        ("/v1/chat/completions", chat | {"tools": [{"type": "function", "function": function}]}),
        ("/v1/responses", responses | {"tools": [{"type": "function", **function}]}),
        ("/v1/messages", chat | {"tools": [{"name": "f", "description": "d", "input_schema": schema}]}),
        ("/completion", {"prompt": "Hello!", "n_predict": 1, "json_schema": schema}),
    ]
