"""What a worker tells of its models, and how they come and go."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.engine.engine import Engine
from llama_worker.http import create_app
from tests.http.server import RawClient, fetch, serving


async def test_a_model_rests_and_comes_back_and_the_list_tells_it(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path, context_size=256, keep_alive=0.2)
    (listed,) = await worker.list_models()
    assert (listed.model_id, listed.keep, listed.keep_alive) == (model.id, False, 0.2)
    while (listed := (await worker.list_models())[0]).model_info.engine != "stopped":
        await asyncio.sleep(0.02)
    assert (listed.model_info.resident_bytes, listed.users) == (None, 0)
    await model.complete("x", max_tokens=2)
    (listed,) = await worker.list_models()
    assert listed.model_info.engine == "ready"
    assert listed.model_info.resident_bytes


async def test_an_operation_that_borrows_the_engine_is_one_use(
    worker: LlamaWorker, slow_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = await worker.load_model(slow_model_path, context_size=256)
    counts: list[int] = []
    request = Engine.request

    async def counted(engine: Engine, *args: Any, **fields: Any) -> bytes:
        counts.append((await worker.list_models())[0].users)
        return await request(engine, *args, **fields)

    monkeypatch.setattr(Engine, "request", counted)
    await model.embed(["one", "two"])
    await model.tokenize("three")
    assert set(counts) == {1}
    async with serving(create_app(worker)) as server:
        for path, body in (("/v1/embeddings", {"input": "four"}), ("/tokenize", {"content": "five"})):
            counts.clear()
            assert (await fetch(server, "POST", path, body)).status == 200
            assert set(counts) == {1}, path
        client = await RawClient.connect(server)
        await client.post("/v1/completions", {"prompt": "x", "max_tokens": 200, "ignore_eos": True, "stream": True})
        await client.until(b'"text"')
        status = (await fetch(server, "GET", "/models/status")).json()["models"][0]
        client.leave()
        assert status["requests"] == {"running": 1, "waiting": 0}


async def test_what_does_not_fit_is_refused_with_the_names_of_those_in_use(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    await worker.initialize(memory_budget=1_000_000)
    with pytest.raises(errors.InsufficientMemoryError, match=r"0\.00 GB of the memory budget are free; unload"):
        await worker.load_model(random_model_path)
    assert await worker.list_models() == []
