"""Pulling over HTTP, with a hub of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidOptionsError
from llama_worker.http import create_app
from tests.http.server import Address, RawClient, events, fetch, serving
from tests.models.download.hub_server import HubServer, running_hub
from tests.models.raw_gguf import UNIT, gguf

NAME = "hf:org/repo:Q4_K_M"


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[HubServer]:
    async with running_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        server.add("org/repo", "tiny-Q4_K_M.gguf", b"GGUF" + bytes(32 * UNIT))
        yield server


@pytest.fixture
async def server(hub: HubServer) -> AsyncIterator[Address]:
    async with LlamaWorker() as worker, serving(create_app(worker)) as address:
        yield address


async def test_a_pull_tells_its_progress_and_the_model_is_listed(server: Address, hub: HubServer) -> None:
    hub.faults.bytes_per_second = 64 * UNIT
    answer = await fetch(server, "POST", "/models/pull", {"model": NAME, "stream": True})
    told = events(answer.body)
    assert told[-1] == {"value": 1.0, "status": "success"}
    values = [event["value"] for event in told]
    assert values == sorted(values)
    listed = (await fetch(server, "GET", "/v1/models")).json()["data"]
    assert NAME in [entry["id"] for entry in listed]


async def test_leaving_a_pull_stops_it_and_the_next_one_goes_on(server: Address, hub: HubServer) -> None:
    hub.faults.bytes_per_second = 2 * UNIT
    client = await RawClient.connect(server)
    await client.post("/models/pull", {"model": NAME, "stream": True})
    while b'"downloaded_bytes":0,' in await client.until(b"\n\n"):
        pass
    client.leave()
    hub.faults.bytes_per_second = None
    assert (await fetch(server, "POST", "/models/pull", {"model": NAME})).json()["status"] == "available"
    assert hub.sent_bytes < 2 * 32 * UNIT


@pytest.mark.parametrize(
    ("path", "code"), [("/models/load", "model_not_found"), ("/models/unload", "model_not_loaded")]
)
async def test_what_only_a_pull_reads_is_no_field_of_the_others(server: Address, path: str, code: str) -> None:
    answer = await fetch(server, "POST", path, {"model": "hf:org/nothing", "stream": "?", "sha256": "?"})
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(("name", "status"), [("builtin", 400), ("/a.gguf", 400), ("hf:org/nothing", 404)])
async def test_what_cannot_be_pulled_is_said(server: Address, name: str, status: int) -> None:
    answer = await fetch(server, "POST", "/models/pull", {"model": name, "stream": True})
    assert answer.status == status


async def test_a_pull_leads_nowhere_but_to_what_is_allowed(hub: HubServer) -> None:
    """Nor does it tell what there is."""
    hub.plain["a.gguf"] = gguf()
    place = hub.mirror_url.partition("//")[2]
    async with LlamaWorker() as worker:
        async with serving(create_app(worker)) as closed:
            for file in ("a", "b"):
                answer = await fetch(closed, "POST", "/models/pull", {"model": f"{hub.mirror_url}/{file}.gguf"})
                assert (answer.status, answer.json()["error"]["code"]) == (403, "download_refused")
            assert hub.requests == []
        async with serving(create_app(worker, download_from=[place])) as named:
            answer = await fetch(named, "POST", "/models/pull", {"model": f"{hub.mirror_url}/a.gguf"})
            assert answer.json()["status"] == "available"
            assert (await fetch(named, "POST", "/models/pull", {"model": NAME})).status == 403
    with pytest.raises(InvalidOptionsError, match="download_from"):
        create_app(worker, download_from=["http://models.example"])
