"""A conversation over HTTP goes on where it was, after its model was ended for want of use or died."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from llama_worker.worker.states import engine_memory, keeper
from tests.http.server import Address, fetch, serving

LONG = "The llama walks over the mountain and looks at the sea. " * 30
MESSAGES = [{"role": "system", "content": LONG}, {"role": "user", "content": "Hello!"}]
ANTHROPIC = {"system": LONG, "messages": MESSAGES[1:]}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": MESSAGES},
    "/v1/messages": ANTHROPIC,
    "/v1/completions": {"prompt": LONG},
    "/v1/responses": {"instructions": LONG, "input": "Hello!"},
}
LENGTH = {"/v1/responses": "max_output_tokens"}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def ask(server: Address, path: str) -> tuple[Any, int]:
    """What was said, and how many tokens were there already."""
    body = {"model": "builtin", LENGTH.get(path, "max_tokens"): 5, "temperature": 0, **BODIES[path]}
    answer = (await fetch(server, "POST", path, body)).json()
    if path == "/v1/messages":
        return answer["content"], answer["usage"]["cache_read_input_tokens"]
    if path == "/v1/responses":
        said = [part["text"] for item in answer["output"] for part in item["content"]]
        return said, answer["usage"]["input_tokens_details"]["cached_tokens"]
    return answer["choices"], answer["timings"]["cache_n"]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept must not depend on how busy this machine is."""
    monkeypatch.setattr(keeper, "_LOOK_SECONDS", 60.0)
    monkeypatch.setattr(keeper, "_LAST_SECONDS", 60.0)
    monkeypatch.setattr(engine_memory, "_LONGEST_SECONDS", 60.0)
    monkeypatch.setattr(engine_memory, "_GAIN", 0.0)


@pytest.mark.parametrize("path", BODIES)
async def test_a_model_that_was_not_used_for_long(worker: LlamaWorker, store: ModelStore, path: str) -> None:
    async with serving(create_app(worker, store=store, keep_alive=0.1)) as server:
        first, cached = await ask(server, path)
        assert cached == 0
        await until(lambda: not worker.models)
        again, cached = await ask(server, path)
        assert again == first
        assert cached > 200


async def test_an_engine_that_died(store: ModelStore, tmp_path: Path) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker, serving(create_app(worker, store=store)) as server:
        first, _ = await ask(server, "/v1/chat/completions")
        await until(lambda: list(tmp_path.glob("*/*.state")))
        pid = worker.models[0].pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: worker.models[0].pid is None)
        again, cached = await ask(server, "/v1/chat/completions")
        assert again == first
        assert cached > 200


async def test_a_conversation_with_calls(worker: LlamaWorker, store: ModelStore) -> None:
    """In the form of Responses, which the engine makes a chat of: what is compared is nearly all of that."""
    tool = {"type": "function", "name": "weather", "description": LONG, "parameters": {"type": "object"}}
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": "How is the weather?"}]},
        {"type": "function_call", "call_id": "1", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "1", "output": "sunny"},
    ]
    body = {"model": "builtin", "input": items, "tools": [tool], "max_output_tokens": 5, "temperature": 0}
    async with serving(create_app(worker, store=store, keep_alive=0.1)) as server:
        cached = []
        for _ in range(2):
            answer = (await fetch(server, "POST", "/v1/responses", body)).json()
            cached.append(answer["usage"]["input_tokens_details"]["cached_tokens"])
            await until(lambda: not worker.models)
    assert cached[0] == 0
    assert cached[1] > 200
