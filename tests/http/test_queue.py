"""A bounded queue, models loaded on demand, and models ended for others or for idleness."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model, ModelOptions
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, RawClient, Response, fetch, serving
from tests.http.test_cancel import eventually, idle
from tests.http.test_several_models import is_true
from tests.worker.residency.test_residency import slowed_stop

ASK = {"prompt": "Hello!", "max_tokens": 4, "ignore_eos": True}


async def complete(server: Address, **fields: Any) -> Response:
    return await fetch(server, "POST", "/v1/completions", ASK | fields)


async def test_beyond_the_bound_the_answer_is_503_before_it_starts(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    model = await worker.load_model(random_model_path, sequences=1)
    async with serving(create_app(worker, max_queue=2)) as server:
        holder = await RawClient.connect(server)
        await holder.post("/v1/completions", ASK | {"max_tokens": 3900, "stream": True})
        await holder.until(b'"text"')
        waiting = [asyncio.create_task(complete(server)) for _ in range(2)]
        await eventually(lambda: _waits(model, 2))
        refused = [await complete(server, stream=stream) for stream in (True, False, True)]
        assert [answer.status for answer in refused] == [503, 503, 503]
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        assert {answer.json()["error"]["code"] for answer in refused} == {"queue_full"}
        holder.leave()
        assert [(await answer).status for answer in waiting] == [200, 200]


async def _waits(model: Model, count: int) -> bool:
    return model.runtime.queue.waiting == count


async def test_a_model_is_loaded_by_the_first_request_and_once(worker: LlamaWorker, server: Address) -> None:
    answers = await asyncio.gather(*(complete(server, model="builtin") for _ in range(4)))
    assert [answer.status for answer in answers] == [200] * 4
    assert [model.name for model in worker.models] == ["builtin"]


async def test_the_model_unused_for_longest_makes_room(
    worker: LlamaWorker,
    store: ModelStore,
    random_model_path: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "llama_worker")
    names = {name: str(shutil.copy(random_model_path, tmp_path / f"{name}.gguf")) for name in ("a", "b", "c")}
    async with serving(create_app(worker, store=store, models=names, max_models=2)) as server:
        for name in ("a", "b", "a", "c"):
            assert (await complete(server, model=name)).json()["model"] == name
        assert {model.public_name for model in worker.models} == {"a", "c"}
    assert "model b evicted: another one needs its place" in caplog.messages


async def test_requests_that_come_while_room_is_made_share_one_load(
    worker: LlamaWorker, store: ModelStore, random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {name: str(shutil.copy(random_model_path, tmp_path / f"{name}.gguf")) for name in ("a", "b")}
    loaded: list[object] = []
    load_model = worker.load_model

    def counted(name: str, options: ModelOptions) -> object:
        loaded.append(name)
        return load_model(name, options)

    monkeypatch.setattr(worker, "load_model", counted)
    async with serving(create_app(worker, store=store, models=names, max_models=1)) as server:
        assert (await complete(server, model="a")).status == 200
        answers = await asyncio.gather(*(complete(server, model="b") for _ in range(4)))
    assert [answer.status for answer in answers] == [200] * 4
    assert loaded == [names["a"], names["b"]]


async def test_a_busy_model_makes_no_room(
    worker: LlamaWorker, store: ModelStore, random_model_path: Path, tmp_path: Path
) -> None:
    names = {name: str(shutil.copy(random_model_path, tmp_path / f"{name}.gguf")) for name in ("a", "b")}
    async with serving(create_app(worker, store=store, models=names, max_models=1)) as server:
        holder = await RawClient.connect(server)
        await holder.post("/v1/completions", ASK | {"model": "a", "max_tokens": 3900, "stream": True})
        await holder.until(b'"text"')
        answer = await complete(server, model="b")
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        holder.leave()
        await eventually(lambda: idle(worker.models[0]))
        assert (await complete(server, model="b")).status == 200


async def test_a_model_that_is_leaving_is_waited_for_and_hangs_nobody(
    worker: LlamaWorker, store: ModelStore, random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {name: str(shutil.copy(random_model_path, tmp_path / f"{name}.gguf")) for name in ("a", "b")}
    async with serving(create_app(worker, store=store, models=names, max_models=1)) as server:
        assert (await complete(server, model="a")).status == 200
        ending, may_end = slowed_stop(monkeypatch)
        unloaded = asyncio.create_task(fetch(server, "POST", "/models/unload", {"model": "a"}))
        await ending.wait()
        answer = asyncio.create_task(complete(server, model="b"))
        await eventually(lambda: is_true(lambda: bool(worker.residency.changes.waiting)))
        assert (await fetch(server, "GET", "/health")).status == 200
        assert not answer.done()
        may_end.set()
        assert ((await unloaded).status, (await answer).status) == (200, 200)


async def test_an_unused_model_is_ended_and_comes_back_when_asked(
    worker: LlamaWorker, store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "llama_worker")
    async with serving(create_app(worker, store=store, keep_alive=0.3)) as server:
        assert (await complete(server)).status == 200
        await eventually(lambda: _loaded(worker, 0))
        assert (await complete(server)).status == 200
    await eventually(lambda: is_true(lambda: "model builtin expired: unused for 0.3 s" in caplog.messages))
    assert "/v1/completions asked of builtin" in caplog.messages
    assert str(ASK["prompt"]) not in caplog.text


async def _loaded(worker: LlamaWorker, count: int) -> bool:
    return len(worker.models) == count


async def test_a_model_loaded_on_purpose_stays(worker: LlamaWorker, store: ModelStore) -> None:
    async with serving(create_app(worker, store=store, keep_alive=0.1)) as server:
        assert (await fetch(server, "POST", "/models/load", {"model": "builtin"})).json()["status"] == "loaded"
        assert (await complete(server)).status == 200
        await asyncio.sleep(0.4)
        assert len(worker.models) == 1
        assert (await fetch(server, "POST", "/models/unload", {"model": "builtin"})).json()["status"] == "available"
        assert not worker.models


async def test_an_engine_that_dies_mid_stream_ends_it_with_an_error_and_the_next_request_works(
    worker: LlamaWorker, server: Address
) -> None:
    await fetch(server, "POST", "/models/load", {"model": "builtin"})
    client = await RawClient.connect(server)
    await client.post("/v1/completions", {"prompt": "The", "max_tokens": 1900, "stream": True, "ignore_eos": True})
    await client.until(b'"text"')
    pid = worker.models[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGSEGV)
    rest = await client.reader.read()
    assert b'"code":"engine_died"' in rest
    assert b"SIGSEGV" in rest
    client.leave()
    assert (await complete(server)).status == 200
    assert worker.models[0].pid != pid


async def test_unloading_ends_what_runs_with_an_error(worker: LlamaWorker, server: Address) -> None:
    await fetch(server, "POST", "/models/load", {"model": "builtin"})
    client = await RawClient.connect(server)
    await client.post("/v1/completions", {"prompt": "The", "max_tokens": 1900, "stream": True, "ignore_eos": True})
    await client.until(b'"text"')
    await fetch(server, "POST", "/models/unload", {"model": "builtin"})
    assert b'"code":"model_not_loaded"' in await client.reader.read()
    client.leave()


async def test_lists_and_numbers_tell_what_is_loaded_and_no_path(server: Address, random_model_path: Path) -> None:
    before = (await fetch(server, "GET", "/v1/models")).json()
    assert [(entry["id"], entry["status"]) for entry in before["data"]] == [("builtin", "available")]
    await complete(server)
    after = await fetch(server, "GET", "/v1/models/builtin")
    assert after.json()["status"] == "loaded"
    status = (await fetch(server, "GET", "/models/status")).json()
    assert status["models"][0]["engine"]["running"] is True
    metrics = await fetch(server, "GET", "/metrics")
    assert b'llama_worker_engine_up{model="builtin"} 1' in metrics.body
    assert b'llamacpp:tokens_predicted_total{model="builtin"}' in metrics.body
    for answer in (after, metrics):
        assert b"/assets" not in answer.body
        assert b".gguf" not in answer.body
