"""What is said to an answer that is on its way, over HTTP."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.engine.api.endpoints import end_reasoning
from llama_worker.engine.api.refusals import refusal
from llama_worker.errors import EngineRequestError
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.gguf_factory import write_gguf
from tests.http.server import Address, RawClient, fetch, serving
from tests.worker.generation.test_reasoning import ALWAYS

CHAT, CONTROL = "/v1/chat/completions", "/v1/chat/completions/control"


async def test_reasoning_ends_and_the_answer_begins(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "brooder.gguf"
    write_gguf(path, plain_text=True, endless=True, chat_template=ALWAYS, words=["<think>", "</think>"])
    body = {"messages": [{"role": "user", "content": "Why?"}], "max_tokens": 3500, "temperature": 0, "stream": True}
    async with serving(create_app(worker, store=store, models={"brooder": str(path)})) as server:
        client = await RawClient.connect(server)
        await client.post(CHAT, body)
        thought = await client.until(b'"reasoning_content":"')
        completion = re.search(rb'"id":"(chatcmpl-[^"]+)"', thought + await client.until(b"\n\n"))
        assert completion
        asked = {"id": completion[1].decode(), "action": "reasoning_end"}
        assert (await fetch(server, "POST", CONTROL, asked)).json() == {"success": True}
        await client.until(b'"content":"')
        client.leave()
        gone = (await fetch(server, "POST", CONTROL, {"id": "chatcmpl-none", "action": "reasoning_end"})).json()
        assert (gone["success"], "message" in gone) == (False, True)
        assert (await fetch(server, "POST", CONTROL, asked | {"action": "stop"})).status == 400


async def test_asking_is_no_use_of_a_model_that_serves_nobody(server: Address, builtin: Model) -> None:
    """Or whoever asks again and again would keep every engine alive."""
    used = builtin.runtime.usage.last_used
    answer = await fetch(server, "POST", CONTROL, {"id": "chatcmpl-none", "action": "reasoning_end"})
    assert answer.json()["success"] is False
    assert (builtin.pid is not None, builtin.runtime.usage.last_used) == (True, used)


@pytest.mark.parametrize(("status", "known"), [(404, True), (500, False)])
async def test_an_engine_without_the_route_goes_on(status: int, known: bool) -> None:
    """A `llama-server` of one's own may be older."""

    class Refusing:
        async def request(self, path: str, body: Any = None) -> bytes:
            raise refusal(b'{"error":{"code":%d,"message":"File Not Found","type":"not_found_error"}}' % status, status)

        def stream(self, path: str, body: Any) -> Any:
            raise NotImplementedError

    with nullcontext() if known else pytest.raises(EngineRequestError):
        assert await end_reasoning(Refusing(), "chatcmpl-1") is False
