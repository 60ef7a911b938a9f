"""What a request may get wrong: each a 400 that names the field, and the engine never sees it."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, exchange, fetch, request, serving

HELLO = [{"role": "user", "content": "Hello!"}]


@pytest.fixture
async def server(worker: LlamaWorker, store: ModelStore) -> Any:
    """Without a model: a request that would reach one fails this file's tests by its status."""
    async with serving(create_app(worker, store=store, models={"nothing": "/nowhere.gguf"})) as address:
        yield address


@pytest.mark.parametrize("field", ["max_tokens", "top_k", "seed", "n", "mirostat", "top_logprobs", "repeat_last_n"])
async def test_whole_numbers_are_checked(server: Address, field: str) -> None:
    for value in (-2, 2**33, 2**63, 2**70, 1.5, "1", [1], True):
        answer = await fetch(server, "POST", "/v1/chat/completions", {"messages": HELLO, field: value})
        assert answer.status == 400, value
        assert answer.json()["error"]["param"] == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, None),
        ({"messages": []}, "messages"),
        ({"messages": "Hello!"}, "messages"),
        ({"messages": HELLO, "stop": 5}, "stop"),
        ({"messages": HELLO, "temperature": "hot"}, "temperature"),
        ({"messages": HELLO, "top_p": 1.1}, "top_p"),
        ({"messages": HELLO, "grammar": "json", "json_schema": {"type": "object"}}, "grammar"),
        ({"messages": HELLO, "tools": [{"name": "x"}]}, "tools[0]"),
        ({"messages": HELLO, "tools": [{"type": "function", "function": {"name": None}}]}, "tools[0].function.name"),
        ({"messages": HELLO, "stream": "yes"}, "stream"),
        ({"messages": HELLO, "tool_choice": {"type": "function", "function": {"name": "x"}}}, "tool_choice"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://a/b"}}]}]},
            "messages[0].content[0].image_url.url",
        ),
    ],
)
async def test_fields_are_checked(server: Address, body: Any, field: str | None) -> None:
    answer = await fetch(server, "POST", "/v1/chat/completions", body)
    assert answer.status == 400
    assert answer.json()["error"]["param"] == field
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"a":NaN}', b"[" * 100_000, b'{"a":' * 400 + b"1" + b"}" * 400]
)
async def test_bodies_that_are_no_json_object_are_refused(server: Address, body: bytes) -> None:
    answer = await fetch(server, "POST", "/v1/chat/completions", body)
    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.gguf", "./a.gguf", "C:\\a.gguf", "https://a/b.gguf", "gpt-4o"])
async def test_a_model_is_never_a_path_or_an_address(server: Address, name: str) -> None:
    answer = await fetch(server, "POST", "/v1/chat/completions", {"messages": HELLO, "model": name})
    assert answer.status == 404
    assert answer.json()["error"]["code"] == "model_not_found"


async def test_errors_tell_no_local_path(server: Address) -> None:
    answer = await fetch(server, "POST", "/v1/chat/completions", {"messages": HELLO, "model": "nothing"})
    assert answer.status == 404
    assert b"/nowhere" not in answer.body


async def test_unknown_routes_and_methods_have_openais_shape(server: Address) -> None:
    for method, path, status in (("GET", "/v1/nothing", 404), ("GET", "/v1/chat/completions", 405)):
        answer = await fetch(server, method, path)
        assert answer.status == status
        assert answer.json()["error"]["code"] == "not_found"


async def test_anthropics_errors_have_anthropics_shape(server: Address) -> None:
    answer = await fetch(server, "POST", "/v1/messages", {"messages": []})
    assert answer.status == 400
    assert answer.json()["type"] == "error"
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_a_body_may_come_in_pieces(server: Address) -> None:
    data = request("POST", "/tokenize", None, {"Content-Length": "", "Transfer-Encoding": "chunked"})
    answer = await exchange(server, data + b"2\r\n{}\r\n0\r\n\r\n")
    assert answer.status == 400
    assert "content" in answer.json()["error"]["message"]
