"""Several models in less memory than they need together: who leaves, who waits, who is refused."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, ModelOptions
from llama_worker.config.named_model import NamedModel
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, RawClient, Response, fetch, serving
from tests.http.test_cancel import eventually

SMALL = ModelOptions(context_size=4096, sequences=1, prompt_cache_bytes=0)
ASK = {"prompt": "Hello!", "max_tokens": 4, "ignore_eos": True}


@pytest.fixture
async def server(store: ModelStore, random_model_path: Path, tmp_path: Path) -> AsyncIterator[tuple[Address, Any]]:
    """With room for one of its models at a time, and its worker."""
    names = {
        name: NamedModel(model=str(shutil.copy(random_model_path, tmp_path / f"{name}.gguf")), options=SMALL)
        for name in ("a", "b", "c")
    }
    async with LlamaWorker() as worker:
        needed = (await worker.estimate(random_model_path, SMALL)).required_bytes
        await worker.initialize(memory_budget=needed * 3 // 2)
        async with serving(create_app(worker, store=store, models=names, max_queue=2)) as address:
            yield address, worker


async def complete(server: Address, **fields: Any) -> Response:
    return await fetch(server, "POST", "/v1/completions", ASK | fields)


async def holding(server: Address, model: str) -> RawClient:
    """A client whose answer is on its way and takes long."""
    client = await RawClient.connect(server)
    await client.post("/v1/completions", ASK | {"model": model, "max_tokens": 4000, "stream": True})
    await client.until(b'"text"')
    return client


def names_of(worker: LlamaWorker) -> set[str]:
    return {model.public_name for model in worker.models if model.pid}


async def is_true(condition: Callable[[], bool]) -> bool:
    return condition()


async def test_memory_decides_who_leaves(server: tuple[Address, LlamaWorker]) -> None:
    address, worker = server
    for name in ("a", "b", "a", "c"):
        assert (await complete(address, model=name)).json()["model"] == name
        assert names_of(worker) == {name}


async def test_a_request_for_what_does_not_fit_beside_a_busy_model_waits_and_later_ones_wait_behind_it(
    server: tuple[Address, LlamaWorker],
) -> None:
    address, worker = server
    holder = await holding(address, "a")
    waiting = asyncio.create_task(complete(address, model="b"))
    pool = worker.residency
    await eventually(lambda: is_true(lambda: not waiting.done() and bool(pool.changes.waiting)))
    behind = asyncio.create_task(complete(address, model="a"))
    await asyncio.sleep(0.05)
    assert names_of(worker) == {"a"}
    assert not behind.done()
    holder.leave()
    assert (await waiting).json()["model"] == "b"
    assert (await behind).json()["model"] == "a"


async def test_who_waits_may_leave_and_too_many_are_refused(server: tuple[Address, LlamaWorker]) -> None:
    address, worker = server
    holder = await holding(address, "a")
    waiting = [await RawClient.connect(address) for _ in range(2)]
    for client, name in zip(waiting, ("b", "c"), strict=True):
        await client.post("/v1/completions", ASK | {"model": name})
    await eventually(lambda: is_true(lambda: bool(worker.residency.changes.waiting)))
    await eventually(lambda: _refused(address))
    for client in waiting:
        client.leave()
    holder.leave()
    await eventually(lambda: is_true(lambda: not worker.residency.changes.waiting))
    assert (await complete(address, model="c")).status == 200


async def _refused(address: Address) -> bool:
    client = await fetch(address, "POST", "/v1/completions", ASK | {"model": "b"})
    assert (client.status, client.json()["error"]["code"]) == (503, "queue_full")
    return True


async def test_two_requests_for_two_models_at_once_are_both_answered(server: tuple[Address, LlamaWorker]) -> None:
    address, worker = server
    answers = await asyncio.gather(*(complete(address, model=name) for name in ("a", "b", "a")))
    assert [answer.status for answer in answers] == [200, 200, 200], [answer.body for answer in answers]
    assert len(names_of(worker)) == 1


async def test_what_is_kept_makes_no_room_and_the_refusal_says_so(server: tuple[Address, LlamaWorker]) -> None:
    address, worker = server
    assert (await fetch(address, "POST", "/models/load", {"model": "a"})).status == 200
    refused = await complete(address, model="b")
    assert (refused.status, refused.json()["error"]["code"]) == (503, "insufficient_memory")
    assert "a (is kept)" in refused.json()["error"]["message"]
    assert names_of(worker) == {"a"}
    status = (await fetch(address, "GET", "/models/status")).json()["models"][0]
    assert status["keep"] is True
    assert status["engine"]["memory"] > status["engine"]["mapped"] > 0
    metrics = (await fetch(address, "GET", "/metrics")).body
    assert b'llama_worker_resident_bytes{model="a"}' in metrics


async def test_a_model_is_loaded_with_options_and_none_that_names_a_file(server: tuple[Address, LlamaWorker]) -> None:
    address, worker = server

    async def load(**options: Any) -> Response:
        return await fetch(address, "POST", "/models/load", {"model": "a", "options": options})

    assert (await load(context_size=512, keep=False)).json()["context_size"] == 512
    assert (await load(context_size=256, keep_alive=60)).json()["context_size"] == 256
    status = (await fetch(address, "GET", "/models/status")).json()["models"]
    assert [(model["keep"], model["keep_alive"]) for model in status] == [(False, 60)]
    for options, said in (
        ({"projector": "/etc/passwd"}, "cannot be said in a request"),
        ({"ignore_memory_safety_checks": True}, "cannot be said in a request"),
        ({"n_ctx": 5}, "it is `context_size` here"),
        ({"context_size": 0}, "expected `int` >= 1"),
    ):
        answer = await load(**options)
        assert (answer.status, said in answer.json()["error"]["message"]) == (400, True), answer.body
    assert names_of(worker) == {"a"}
