"""Half of a surrogate pair in JSON, as JavaScript writes it: refused under the request's id, with the path to it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.messages import ErrorMessage
from llama_worker.ports.codec import decode_request
from llama_worker.ports.local import local_ports
from llama_worker.ports.server.connection import Connection
from tests.ports.talk import Talk


def refused(text: str) -> ErrorMessage:
    answer = decode_request(text)
    assert isinstance(answer, ErrorMessage)
    return answer


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (r'"prompt":"a\ud800"', "prompt"),
        (r'"prompt":"a","options":{"stopSequences":["b","\udfff"]}', "options.stopSequences[1]"),
        (r'"prompt":"a","options":{"engineOptions":{"\ud800":1}}', r"options.engineOptions.\ud800"),
    ],
)
def test_json(fields: str, path: str) -> None:
    answer = refused(f'{{"type":"prompt","id":7,{fields}}}')
    assert (answer.id, answer.code, answer.path) == (7, "invalid_options", path)
    assert "surrogate" in answer.message


def test_what_is_no_json_besides() -> None:
    assert refused(r'{"type":"prompt","id":7,"prompt":"\ud800"').code == "invalid_message"
    assert refused(r'{"type":"prompt","id":"\ud800","prompt":"a"}').id is None


async def test_within_one_process() -> None:
    """Where nothing is encoded: dicts, and what they are nested in."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    near, far = local_ports()
    async with LlamaWorker() as worker:
        talk = Talk(near)
        serving = asyncio.create_task(Connection(worker, far).serve())
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"prompt": "\ud800"}, "prompt"),
            ({"prompt": "a", "options": {"systemPrompt": "\ud800"}}, "options.systemPrompt"),
        ]
        for number, (fields, path) in enumerate(wrong):
            end = await talk.ask("prompt", id=number, **fields)
            assert (end["code"], end["path"]) == ("invalid_options", path)
        end = await talk.ask("prompt", id="deep", prompt="a", options={"jsonSchema": {"a": deep}})
        assert (end["code"], "deeper" in end["message"]) == ("invalid_options", True)
        await talk.close()
        await serving
