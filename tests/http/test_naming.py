"""By which names requests reach which models."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from llama_worker import LlamaWorker, ModelOptions
from llama_worker.config.named_model import NamedModel
from llama_worker.errors import InvalidOptionsError
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from llama_worker.models.store.files import builtin_path
from llama_worker.options import PromptOptions
from tests.http.server import Address, fetch, serving
from tests.models.download.hub_server import HubServer, running_hub

SHORT = {"max_tokens": 2, "prompt": "Hello!"}


async def ask(server: Address, path: str, **body: Any) -> Any:
    answer = await fetch(server, "POST", path, body)
    assert answer.status == 200, answer.body
    return answer.json()


async def listed(server: Address) -> list[Any]:
    models: list[Any] = (await fetch(server, "GET", "/v1/models")).json()["data"]
    return models


async def test_two_names_of_one_model_share_its_engine_and_have_each_its_own_defaults(
    worker: LlamaWorker, store: ModelStore
) -> None:
    models = {name: NamedModel(model="builtin", prompt=PromptOptions(max_tokens=n)) for name, n in (("a", 2), ("b", 4))}
    async with serving(create_app(worker, store=store, models=models)) as server:
        pids = set()
        for name, tokens in (("a", 2), ("b", 4), ("a", 2)):
            answer = await ask(server, "/v1/completions", model=name, prompt="The", ignore_eos=True)
            assert answer["usage"]["completion_tokens"] == tokens
            answer = await ask(server, "/api/generate", model=name, prompt="Tell a long story.", stream=False)
            assert answer["eval_count"] <= tokens
            pids |= {model.pid for model in worker.models}
        assert len(pids) == 1
        states = {one["id"]: one["status"] for one in await listed(server)}
        assert (states["a"], states["b"]) == ("loaded", "loaded")
        await ask(server, "/models/unload", model="b")
        assert not worker.models


def test_one_model_cannot_be_loaded_in_two_ways(worker: LlamaWorker) -> None:
    models = {
        name: NamedModel(model="builtin", options=ModelOptions(context_size=n)) for name, n in (("a", 1), ("b", 2))
    }
    with pytest.raises(InvalidOptionsError, match="a and b are one model"):
        create_app(worker, models=models)


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[HubServer]:
    async with running_hub() as server:
        monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        monkeypatch.chdir(tmp_path)
        server.plain["some/a.gguf"] = builtin_path().read_bytes()
        yield server


async def test_what_was_pulled_from_an_address_is_asked_for_by_it_and_by_its_name(hub: HubServer) -> None:
    url = f"{hub.mirror_url}/some/a.gguf"
    place = hub.mirror_url.partition("//")[2]
    async with LlamaWorker() as worker, serving(create_app(worker, download_from=[place])) as server:
        assert (await fetch(server, "POST", "/v1/completions", SHORT | {"model": url})).status == 404
        await ask(server, "/models/pull", model=url)
        (name,) = [
            one["id"] for one in (await fetch(server, "GET", "/v1/models")).json()["data"] if "a.gguf" in one["id"]
        ]
        for known in (url, name):
            assert (await ask(server, "/v1/completions", **SHORT, model=known))["model"] == name
        assert [model.public_name for model in worker.models] == [name]
        assert (await fetch(server, "GET", f"/v1/models/{quote(name)}")).json()["status"] == "loaded"
        assert name in [
            one["name"].removesuffix(":latest") for one in (await fetch(server, "GET", "/api/tags")).json()["models"]
        ]
        assert (await ask(server, "/api/generate", model=name, prompt="Hello!", stream=False))["done"]
        await fetch(server, "DELETE", "/api/delete", {"model": name})
        assert (await fetch(server, "POST", "/v1/completions", SHORT | {"model": name})).status == 404


@pytest.mark.parametrize(
    "name", ["here.gguf", "./here.gguf", "../here.gguf", "{tmp}/here.gguf", "file://{tmp}/here.gguf"]
)
async def test_no_path_is_a_name(hub: HubServer, tmp_path: Path, name: str) -> None:
    shutil.copy(builtin_path(), tmp_path / "here.gguf")
    async with LlamaWorker() as worker, serving(create_app(worker)) as server:
        for path in ("/v1/completions", "/api/generate"):
            asked = SHORT | {"model": name.format(tmp=tmp_path)}
            assert (await fetch(server, "POST", path, asked)).status in (400, 404)
