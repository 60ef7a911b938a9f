"""What is said to an answer that is on its way, over HTTP."""

from __future__ import annotations

import re
from pathlib import Path

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.gguf_factory import write_gguf
from tests.http.server import RawClient, fetch, serving
from tests.worker.generation.test_reasoning import ALWAYS

CHAT, CONTROL = "/v1/chat/completions", "/v1/chat/completions/control"


async def test_reasoning_ends_and_the_answer_begins(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "brooder.gguf"
    write_gguf(path, plain_text=True, endless=True, chat_template=ALWAYS, words=["<think>", "</think>"])
    body = {"messages": [{"role": "user", "content": "Why?"}], "max_tokens": 1500, "temperature": 0, "stream": True}
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
