"""Forms that would keep the engine busy, at every door of the server: refused, and nobody else notices."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, fetch, serving
from tests.worker.structured.hostile import FIELDS, GRAMMARS, SCHEMAS

HELLO = [{"role": "user", "content": "Hello!"}]
BIASES = {"logit_bias": {str(token): 0.5 for token in range(100_000)}}
DOORS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": HELLO},
    "/v1/completions": {"prompt": "Hello!"},
    "/v1/responses": {"input": "Hello!"},
    "/infill": {"input_prefix": "a", "input_suffix": "b"},
}


@pytest.fixture
async def nowhere(worker: LlamaWorker, store: ModelStore) -> Any:
    """Without a model: a request that would reach one fails by its status."""
    async with serving(create_app(worker, store=store, models={"nothing": "/nowhere.gguf"})) as address:
        yield address


async def refused(server: Address, path: str, fields: dict[str, Any], param: str | None) -> None:
    answer = await fetch(server, "POST", path, {"model": "nothing"} | fields)
    assert answer.status == 400, answer.body
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error.get("param") == param
    assert error.get("code") in ("invalid_options", None)


@pytest.mark.parametrize("name", FIELDS)
async def test_grammars_and_schemas_are_refused(nowhere: Address, name: str) -> None:
    param = "grammar" if name in GRAMMARS else "json_schema"
    for path, body in DOORS.items():
        await refused(nowhere, path, body | FIELDS[name], param)


async def test_biases_are_refused(nowhere: Address) -> None:
    for path, body in DOORS.items():
        await refused(nowhere, path, body | BIASES, "logit_bias")


@pytest.mark.parametrize("name", SCHEMAS)
async def test_a_schema_is_refused_in_formats_and_tools(nowhere: Address, name: str) -> None:
    schema = SCHEMAS[name]
    chat, responses, messages = (DOORS["/v1/chat/completions"], DOORS["/v1/responses"], {"messages": HELLO})
    tool = {"name": "f", "parameters": schema}
    for path, fields, param in (
        (CHAT, chat | {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}, RESPONSE),
        (CHAT, chat | {"response_format": {"type": "json_object", "schema": schema}}, RESPONSE),
        (CHAT, chat | {"tools": [{"type": "function", "function": tool}]}, "tools"),
        (RESPONSES, responses | {"text": {"format": {"type": "json_schema", "schema": schema}}}, "text"),
        (RESPONSES, responses | {"tools": [{"type": "function"} | tool]}, "tools"),
        (MESSAGES, messages | {"tools": [{"name": "f", "input_schema": schema}]}, None),
        (MESSAGES, messages | {"output_config": {"format": {"type": "json_schema", "schema": schema}}}, None),
    ):
        await refused(nowhere, path, fields, param)


CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
RESPONSE = "response_format"


async def test_the_model_answers_others_while_and_after(server: Address) -> None:
    for _ in range(4):
        for path in (CHAT, "/v1/completions"):
            answer = await fetch(server, "POST", path, DOORS[path] | FIELDS["50,000 parentheses"])
            assert answer.status == 400
    answer = await fetch(server, "POST", CHAT, {"messages": HELLO, "max_tokens": 3})
    assert answer.status == 200
    assert answer.json()["usage"]["completion_tokens"] > 0
