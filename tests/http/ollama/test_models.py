"""What there is, what is loaded and for how long, what is fetched and removed: by Ollama's routes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.http.dialects import undone
from llama_worker.models import ModelStore
from tests.gguf_factory import write_gguf
from tests.http.ollama.conftest import SHORT, Asking
from tests.http.server import fetch, serving
from tests.models.download.hub_server import HubServer, running_hub
from tests.models.raw_gguf import UNIT

HEADER = undone.HEADER.lower()
HELLO = [{"role": "user", "content": "Hello!"}]
NAME = "hf.co/org/repo:Q4_K_M"


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[HubServer]:
    async with running_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        monkeypatch.delenv("HF_HUB_CACHE", raising=False)
        yield server


@pytest.fixture
async def ollama(hub: HubServer) -> AsyncIterator[Asking]:
    async with LlamaWorker() as worker, serving(create_app(worker, keep_alive=60)) as address:
        yield Asking(address, worker)


def names(models: list[dict[str, str]]) -> list[str]:
    return [model["name"] for model in models]


async def test_a_model_is_pulled_listed_shown_used_and_deleted(
    ollama: Asking, hub: HubServer, random_model_path: Path
) -> None:
    hub.add("org/repo", "tiny-Q4_K_M.gguf", random_model_path.read_bytes())
    told = await ollama.lines("pull", {"model": NAME})
    assert told[-1] == {"status": "success"}
    assert all(line["status"] == "pulling tiny-Q4_K_M.gguf" for line in told[:-1])
    assert told[-2]["digest"].startswith("sha256:")
    assert told[-2]["completed"] == told[-2]["total"] == random_model_path.stat().st_size
    assert names(await ollama.listed("tags")) == ["builtin:latest", NAME]
    (listed,) = [model for model in await ollama.listed("tags") if model["name"] == NAME]
    assert listed["digest"] == told[-2]["digest"].removeprefix("sha256:")
    shown = await ollama.whole("show", {"name": NAME})
    architecture = shown["model_info"]["general.architecture"]
    assert shown["details"]["family"] == architecture
    assert shown["model_info"][f"{architecture}.context_length"] > 0
    assert shown["capabilities"][0] == "completion"
    assert (await ollama.whole("chat", {"model": NAME, "messages": HELLO}))["model"] == NAME
    assert names(await ollama.listed("ps")) == [NAME]
    assert (await ollama.send("delete", {"model": NAME}, method="DELETE")).status == 200
    assert names(await ollama.listed("tags")) == ["builtin:latest"]
    assert await ollama.listed("ps") == []
    assert (await ollama.send("delete", {"model": NAME}, method="DELETE")).status == 404


async def test_pulls_that_cannot_be(ollama: Asking) -> None:
    for name in ("llama3.2", "http://127.0.0.1:9/a.gguf", "/etc/passwd", ""):
        answer = await ollama.send("pull", {"model": name})
        assert (answer.status, list(answer.json())) == (400, ["error"])
    assert (await ollama.send("pull", {"model": "hf.co/org/nothing"})).status == 404
    assert await ollama.whole("pull", {"model": "builtin"}) == {"status": "success"}


async def test_a_request_says_how_long_a_model_stays(ollama: Asking) -> None:
    asked = {"messages": HELLO, "options": SHORT | {"num_ctx": 512}}
    await ollama.whole("chat", asked | {"keep_alive": "10m"})
    (model,) = await ollama.listed("ps")
    assert (model["name"], model["context_length"], model["size_vram"]) == ("builtin:latest", 512, 0)
    resident = ollama.worker.residency.of(ollama.worker.models[0].runtime)
    assert resident is not None
    assert resident.keep_alive == 600
    await ollama.whole("chat", asked | {"keep_alive": -1})
    assert (await ollama.listed("ps"))[0]["expires_at"].startswith("9999")
    await ollama.whole("chat", asked | {"keep_alive": 0})
    assert await ollama.listed("ps") == []


async def test_a_larger_context_is_given_when_it_is_asked_for(ollama: Asking) -> None:
    for asked, has in ((256, 256), (128, 256), (1024, 1024), (100_000, 2048)):
        answer = await ollama.send(
            "chat",
            {"model": "builtin", "messages": HELLO, "options": SHORT | {"num_ctx": asked}, "stream": False},
        )
        assert HEADER not in answer.headers
        assert (await ollama.listed("ps"))[0]["context_length"] == has


async def test_a_model_that_was_loaded_to_stay_stays_as_it_is(ollama: Asking) -> None:
    await ollama.worker.load_model("builtin", context_size=256)
    asked = {"model": "builtin", "messages": HELLO, "options": SHORT | {"num_ctx": 512}, "keep_alive": 0}
    answer = await ollama.send("chat", asked)
    assert answer.headers[HEADER] == "options.num_ctx, keep_alive"
    (model,) = await ollama.listed("ps")
    assert (model["context_length"], model["expires_at"][:4]) == (256, "9999")
    unloaded = await ollama.whole("generate", {"model": "builtin:latest", "prompt": "", "keep_alive": 0})
    assert unloaded["done_reason"] == "unload"
    assert await ollama.listed("ps") == []


async def test_names_that_the_server_was_given(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "mine.gguf")
    store = ModelStore(tmp_path / "hub", tmp_path / "plain")
    async with serving(create_app(worker, store=store, models={"mine": str(path), "other:7b": "builtin"})) as address:
        ollama = Asking(address, worker)
        assert set(names(await ollama.listed("tags"))) == {"builtin:latest", "mine:latest", "other:7b"}
        for name in ("mine", "mine:latest"):
            assert (await ollama.whole("chat", {"model": name, "messages": HELLO}))["done"]
        refused = await ollama.send("delete", {"model": "mine"}, method="DELETE")
        assert refused.status == 400
        assert path.is_file()
        for name in (str(path), "mine.gguf", "../mine.gguf"):
            assert (await ollama.send("show", {"model": name})).status == 404


async def test_the_version_is_one_that_clients_take(ollama: Asking) -> None:
    """They compare it number by number with the least that they need, and some take no other form."""
    told = (await ollama.send("version", method="GET")).json()["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", told)
    least = {"VS Code": (0, 6, 4), "Continue": (0, 6, 5)}
    assert all(tuple(map(int, told.split("."))) >= version for version in least.values())
    for path, since in (("/v1/responses", (0, 13, 3)), ("/v1/messages", (0, 14, 0))):
        assert tuple(map(int, told.split("."))) >= since
        assert (await fetch(ollama.address, "POST", path, {})).status == 400, f"{path} is there"


async def test_what_a_file_server_is_not(ollama: Asking) -> None:
    for path in ("create", "copy", "push", "blobs/sha256:0"):
        answer = await ollama.send(path, {"model": "x"})
        assert answer.status == 501
        assert path.partition("/")[0] in answer.json()["error"]
    assert (await ollama.send("nothing", method="GET")).json() == {
        "error": "Not Found: GET is not served at this path."
    }


async def test_a_pull_that_is_left_goes_on_later(ollama: Asking, hub: HubServer) -> None:
    hub.add("org/repo", "tiny-Q4_K_M.gguf", b"GGUF" + bytes(32 * UNIT))
    assert (await ollama.whole("pull", {"name": NAME})) == {"status": "success"}
