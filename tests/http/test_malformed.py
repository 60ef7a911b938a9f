"""Answers that cannot be read: an error of the model's output that carries what had come, in sessions and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.http import create_app
from tests.http.server import Address, events, fetch, serving

BEGUN = '{"name": "paint", "arguments": {"colour'
MESSAGES = [{"role": "user", "content": "Paint the house red."}]


@pytest.fixture
async def worker(fake_executable: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LlamaWorker]:
    """Its engine begins an answer and a call, and then says that it cannot read on."""
    monkeypatch.setenv("FAKE_FAULT", "malformed")
    async with LlamaWorker(engine=str(fake_executable)) as worker:
        yield worker


async def test_a_session_keeps_what_could_not_be_read(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path)
    session = await model.create_session()
    operation = session.prompt("Paint the house red.")
    with pytest.raises(errors.MalformedOutputError, match="cannot be read") as caught:
        await operation
    assert caught.value.text == f"Hello{BEGUN}" == caught.value.partial.text
    assert caught.value.code == "malformed_output"
    assert operation.state == "failed"
    answer = {"role": "assistant", "content": f"Hello{BEGUN}"}
    assert session.get_chat_history() == [*MESSAGES, answer]


async def test_other_answers_carry_it_too(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path)
    with pytest.raises(errors.MalformedOutputError) as caught:
        await model.chat(MESSAGES)
    assert caught.value.text == f"Hello{BEGUN}"
    assert not caught.value.partial.tool_calls


@pytest.fixture
async def server(worker: LlamaWorker, random_model_path: Path) -> AsyncIterator[Address]:
    async with serving(create_app(worker, models={"model": str(random_model_path)})) as address:
        yield address


async def _ask(server: Address, path: str, body: dict[str, Any]) -> Any:
    answer = await fetch(server, "POST", path, {"model": "model", "max_tokens": 9, **body})
    if body.get("stream"):
        assert answer.status == 200
        return events(answer.body)
    assert answer.status == 500
    return answer.json()["error"]


async def test_every_dialect_tells_what_had_come(server: Address) -> None:
    chat = await _ask(server, "/v1/chat/completions", {"messages": MESSAGES})
    assert chat["code"] == "malformed_output"
    assert chat["partial"]["content"] == "Hello"
    assert chat["partial"]["tool_calls"][0]["function"] == {"name": "paint", "arguments": '{"colour'}

    anthropic = await _ask(server, "/v1/messages", {"messages": MESSAGES})
    assert [block["type"] for block in anthropic["partial"]] == ["text", "tool_use"]

    responses = await _ask(server, "/v1/responses", {"input": "Paint."})
    assert responses["code"] == "malformed_output"
    assert [item["type"] for item in responses["partial"]] == ["message", "function_call"]


async def test_a_stream_ends_with_it(server: Address) -> None:
    *come, last = await _ask(server, "/v1/chat/completions", {"messages": MESSAGES, "stream": True})
    assert come[0]["choices"][0]["delta"]["content"] == "Hello"
    assert last["error"]["code"] == "malformed_output"
    *_, last = await _ask(server, "/v1/messages", {"messages": MESSAGES, "stream": True})
    assert "cannot be read" in last["error"]["message"]
    *come, last = await _ask(server, "/v1/responses", {"input": "Paint.", "stream": True})
    assert last["code"] == "malformed_output"
    assert last["sequence_number"] == len(come)
