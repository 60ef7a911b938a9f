"""Health, the list of models and loading tell the truth, and no request takes a model from the others."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.http import create_app
from tests.http.server import Address, RawClient, fetch, serving
from tests.http.test_cancel import eventually

KILLER = {"prompt": "the one that kills", "max_tokens": 3900, "ignore_eos": True, "stream": True}
HARMLESS = {"prompt": "Hello!", "max_tokens": 2}


async def _gone(model: Model, pid: int) -> bool:
    return model.pid != pid


async def kill(model: Model) -> None:
    pid = model.pid
    assert pid
    os.kill(pid, signal.SIGSEGV)
    await eventually(lambda: _gone(model, pid))


async def get(server: Address, path: str) -> tuple[int, Any]:
    answer = await fetch(server, "GET", path)
    return answer.status, answer.json()


async def test_a_request_that_kills_is_refused_and_the_others_are_served(
    slow_model: Model, worker: LlamaWorker
) -> None:
    async with serving(create_app(worker)) as server:
        for _ in range(2):
            client = await RawClient.connect(server)
            await client.post("/v1/completions", KILLER)
            await client.until(b'"text"')
            await kill(slow_model)
            assert b"engine_died" in await client.until(b"engine_died")
            client.leave()
        refused = await fetch(server, "POST", "/v1/completions", KILLER)
        assert (refused.status, refused.json()["error"]["code"]) == (400, "request_quarantined")
        served = await fetch(server, "POST", "/v1/completions", HARMLESS)
        assert served.status == 200
        assert await get(server, "/health") == (200, {"status": "ok"})


async def test_a_model_whose_engine_died_too_often_is_told_and_loading_it_really_does(
    random_model: Model, worker: LlamaWorker
) -> None:
    async with serving(create_app(worker)) as server:
        for _ in range(3):
            await random_model.runtime.revive()
            await kill(random_model)
        assert await get(server, "/health") == (503, {"status": "error", "loaded": 1, "failed": 1})
        listed = (await get(server, "/v1/models"))[1]["data"]
        assert [entry["status"] for entry in listed if entry["id"] == random_model.public_name] == ["failed"]
        [status] = (await get(server, "/models/status"))[1]["models"]
        assert (status["engine"]["state"], "SIGSEGV" in status["engine"]["last_death"]) == ("failed", True)
        assert (await get(server, "/models/health"))[0] == 503
        assert (await fetch(server, "POST", "/v1/completions", HARMLESS)).status == 500
        await worker.load_model("builtin")
        assert await get(server, "/health") == (200, {"status": "degraded", "loaded": 2, "failed": 1})
        loaded = await fetch(server, "POST", "/models/load", {"model": random_model.public_name})
        assert loaded.json()["status"] == "loaded"
        assert random_model.pid
        assert await get(server, "/health") == (200, {"status": "ok"})


async def test_a_model_file_that_is_gone_is_no_loaded_model(
    worker: LlamaWorker, tmp_path: Path, random_model_path: Path
) -> None:
    path = tmp_path / "gone.gguf"
    path.write_bytes(random_model_path.read_bytes())
    model = await worker.load_model(path)
    async with serving(create_app(worker)) as server:
        path.unlink()
        await kill(model)
        answer = await fetch(server, "POST", "/models/load", {"model": model.public_name})
        assert answer.status >= 400


async def test_each_loaded_model_is_asked_for_a_token(random_model: Model, worker: LlamaWorker) -> None:
    await worker.load_model("builtin")
    async with serving(create_app(worker)) as server:
        status, health = await get(server, "/models/health")
        assert (status, health["status"]) == (200, "ok")
        assert {name: entry["status"] for name, entry in health["models"].items()} == {
            random_model.public_name: "ok",
            "builtin": "ok",
        }


async def test_a_model_whose_slots_are_taken_is_busy_and_not_dead(
    worker: LlamaWorker, slow_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llama_worker.http.routes.health._PATIENCE_SECONDS", 0.2)
    model = await worker.load_model(slow_model_path, sequences=1)
    async with serving(create_app(worker)) as server:
        client = await RawClient.connect(server)
        await client.post("/v1/completions", KILLER)
        await client.until(b'"text"')
        status, health = await get(server, "/models/health")
        assert (status, health["models"]) == (200, {model.public_name: {"status": "busy"}})
        client.leave()
