"""Responses that are stored: gone on with, read and removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.http.storing.database import Database
from llama_worker.http.storing.responses import ResponseStore, StoredResponse
from llama_worker.models import ModelStore
from tests.http.server import Address, events, fetch, serving

HELLO: dict[str, Any] = {"input": "Hello!", "temperature": 0, "max_output_tokens": 8}
PATH = "/v1/responses"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data.db")
    yield database
    database.close()


async def ask(server: Address, **fields: Any) -> Any:
    answer = await fetch(server, "POST", PATH, HELLO | fields)
    assert answer.status == 200, answer.body
    return answer.json()


async def test_a_response_is_gone_on_with(server: Address) -> None:
    """As if the whole conversation had been sent, instructions aside; a streamed one as well."""
    first = await ask(server, instructions="Be kind.", metadata={"a": "b"})
    assert (first["store"], first["metadata"], first["previous_response_id"]) == (True, {"a": "b"}, None)
    stream = (await fetch(server, "POST", PATH, HELLO | {"previous_response_id": first["id"], "stream": True})).body
    second = events(stream)[-1]["response"]
    third = await ask(server, previous_response_id=second["id"], input="Thank you!")
    said = [{"role": "user", "content": "Hello!"}]
    whole = [*said, *first["output"], *said, *second["output"], {"role": "user", "content": "Thank you!"}]
    again = await ask(server, input=whole, store=False)
    assert third["usage"]["input_tokens"] == again["usage"]["input_tokens"]
    assert third["output"][0]["content"] == again["output"][0]["content"]
    assert third["previous_response_id"] == second["id"]
    body = {"previous_response_id": second["id"], "input": "Thank you!"}
    counted = await fetch(server, "POST", "/v1/responses/input_tokens", body)
    assert counted.json()["input_tokens"] == third["usage"]["input_tokens"]


async def test_a_response_has_all_fields(server: Address) -> None:
    """Those that Open Responses demands of one, of its tools and of its items."""
    fields = "background completed_at created_at error frequency_penalty id incomplete_details instructions"
    fields += " max_output_tokens max_tool_calls metadata model object output parallel_tool_calls presence_penalty"
    fields += " previous_response_id prompt_cache_key reasoning safety_identifier service_tier status store temperature"
    fields += " text tool_choice tools top_logprobs top_p truncation usage"
    tool = {"type": "function", "name": "f"}
    response = await ask(server, tools=[tool], tool_choice="none", max_output_tokens=40, reasoning={"effort": "none"})
    assert set(fields.split()) <= response.keys()
    assert response["status"] == "completed"
    assert response["completed_at"] >= response["created_at"]
    assert response["tools"] == [tool | {"description": None, "parameters": None, "strict": None}]
    assert response["reasoning"] == {"effort": "none", "summary": None}


async def test_a_response_is_read_and_removed(server: Address) -> None:
    response = await ask(server, input=[{"role": "user", "content": "Hello!"}, {"role": "user", "content": "You?"}])
    path = f"{PATH}/{response['id']}"
    assert (await fetch(server, "GET", path)).json() == response
    items = (await fetch(server, "GET", f"{path}/input_items?order=asc&limit=1")).json()
    assert [item["content"][0]["text"] for item in items["data"]] == ["Hello!"]
    assert items["has_more"]
    more = (await fetch(server, "GET", f"{path}/input_items?order=asc&after={items['last_id']}")).json()
    assert [item["content"][0]["text"] for item in more["data"]] == ["You?"]
    assert not more["has_more"]
    assert (await fetch(server, "GET", f"{path}/input_items?limit=0")).status == 400
    assert (await fetch(server, "DELETE", path)).json() == {"id": response["id"], "object": "response", "deleted": True}
    for method in ("GET", "DELETE"):
        gone = await fetch(server, method, path)
        assert (gone.status, gone.json()["error"]["code"]) == (404, "response_not_found")
    refused = await fetch(server, "POST", PATH, HELLO | {"previous_response_id": response["id"]})
    assert (refused.status, refused.json()["error"]["code"]) == (400, "previous_response_not_found")


async def test_what_shall_not_be_stored_is_not(worker: LlamaWorker, store: ModelStore) -> None:
    async with serving(create_app(worker, store=store, stored_responses=0)) as server:
        for fields in ({}, {"store": False}):
            response = await ask(server, **fields)
            assert response["store"] is False
            assert (await fetch(server, "GET", f"{PATH}/{response['id']}")).status == 404


def stored(name: str, previous: str | None = None, text: str = "a") -> StoredResponse:
    return StoredResponse({"id": name, "output": [{"text": name}]}, [{"text": text}], previous)


def test_the_oldest_make_room(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their number and by their bytes; a conversation of which a part is gone is none."""
    responses = ResponseStore(database, 3)
    for number in range(4):
        assert responses.put(stored(f"r{number}", f"r{number - 1}" if number else None))
    assert responses.get("r0") is None
    assert responses.conversation("r3") is None
    assert responses.get("r3") == stored("r3", "r2")
    monkeypatch.setattr("llama_worker.http.storing.responses.LARGEST_TOTAL", 1000)
    assert responses.put(stored("large", text="a" * 900))
    assert responses.conversation("large") == [{"text": "a" * 900}, {"text": "large"}]
    assert responses.get("r3") is None
    monkeypatch.setattr("llama_worker.http.storing.responses.LARGEST", 1000)
    assert not responses.put(stored("larger", text="a" * 1000))
