"""Where downloads may lead that somebody else asks for."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver

from llama_worker import LlamaWorker
from llama_worker.errors import DownloadRefusedError, InvalidOptionsError, LlamaWorkerError, ModelNotFoundError
from llama_worker.models import ModelStore
from llama_worker.models.download.download import Downloader
from llama_worker.models.download.reach import is_private, reach_of
from llama_worker.models.download.remote_header import find_header
from llama_worker.models.download.retry import TransferSettings
from llama_worker.models.names import parse_model_name
from llama_worker.ports import LlamaWorkerBridge, in_process_port
from tests.models.download.hub_server import HubServer, running_hub
from tests.models.raw_gguf import gguf

CONTENT = gguf()
QUICK = TransferSettings(backoff_seconds=0.01)
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "[::1]",
    "[fe80::1]",
    "[fd00::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
    "LOCALHOST",
    "printer.local",
    "metadata.google.internal",
]


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[HubServer]:
    async with running_hub() as server:
        for variable in ("HF_HUB_CACHE", "HTTP_PROXY", "http_proxy"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
        server.add("org/repo", "tiny-Q4_K_M.gguf", CONTENT)
        server.plain["a.gguf"] = CONTENT
        yield server


def within(tmp_path: Path, *places: str) -> Downloader:
    return Downloader(ModelStore(tmp_path / "hub", tmp_path / "plain"), QUICK, reach_of(places))


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_not_anywhere(host: str) -> None:
    reach = reach_of(["hub", "*"])
    with pytest.raises(DownloadRefusedError, match="inside this network"):
        reach.check_name(parse_model_name(f"http://{host}/a.gguf"))
    named = reach_of([host.rstrip(".")])
    named.check_name(parse_model_name(f"http://{host}/a.gguf"))


@pytest.mark.parametrize("host", ["8.8.8.8", "[2001:4860:4860::8888]", "[::ffff:8.8.8.8]", "models.example"])
def test_public_ones_are(host: str) -> None:
    assert not is_private(host)
    reach_of(["*"]).check_name(parse_model_name(f"https://{host}/a.gguf"))
    with pytest.raises(DownloadRefusedError, match="download_from"):
        reach_of(["hub"]).check_name(parse_model_name(f"https://{host}/a.gguf"))


def test_places_are_named_with_ports_and_as_networks() -> None:
    reach = reach_of([" Models.Example:8443 ", "10.0.0.0/8", "[::1]:80"])
    for url in ("https://models.example:8443/a.gguf", "http://10.9.8.7:1/a.gguf", "http://[::1]/a.gguf"):
        reach.check_name(parse_model_name(url))
    for url in ("https://models.example/a.gguf", "http://11.9.8.7/a.gguf", "http://[::1]:81/a.gguf"):
        with pytest.raises(DownloadRefusedError):
            reach.check_name(parse_model_name(url))
    with pytest.raises(DownloadRefusedError, match="from the hub"):
        reach.check_name(parse_model_name("hf:org/repo"))


@pytest.mark.parametrize("place", ["", "http://models.example", "a b", "host:port", "*.example", "/etc"])
def test_what_is_no_place(place: str) -> None:
    with pytest.raises(InvalidOptionsError, match="download_from"):
        reach_of([place])


class LeadingHere(ThreadedResolver):
    """Every name leads to this machine, as whoever owns one may have it."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return await super().resolve("127.0.0.1", port, family)


async def test_names_are_looked_at_where_they_lead_to(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llama_worker.models.download.resolver.DefaultResolver", LeadingHere)
    url = f"http://models.example:{hub.mirror_url.rpartition(':')[2]}/a.gguf"
    with pytest.raises(DownloadRefusedError, match="inside this network"):
        await within(tmp_path, "*").download(url)
    assert hub.requests == []
    for place in ("models.example", "127.0.0.0/8"):
        reach = within(tmp_path / place.replace("/", "_"), "*", place)
        assert (await reach.download(url)).read_bytes() == CONTENT


async def test_odd_spellings_of_an_address_lead_nowhere(hub: HubServer, tmp_path: Path) -> None:
    port = hub.mirror_url.rpartition(":")[2]
    for host in ("127.1", "2130706433", "0x7f000001", "[::ffff:7f00:1]", "0"):
        with pytest.raises(LlamaWorkerError):
            await within(tmp_path, "*").download(f"http://{host}:{port}/a.gguf")
    assert hub.requests == []


async def test_redirects_are_looked_at_too(hub: HubServer, tmp_path: Path) -> None:
    first, second = hub.url.partition("//")[2], hub.mirror_url.partition("//")[2]
    hub.add("org/repo", "b.gguf", CONTENT)
    url = f"{hub.url}/org/repo/resolve/main/b.gguf"
    with pytest.raises(DownloadRefusedError, match="inside this network"):
        await within(tmp_path, first).download(url)
    assert hub.requests == []
    assert (await within(tmp_path, first, second).download(url)).read_bytes() == CONTENT


async def test_the_hub_is_where_whoever_runs_the_program_says(hub: HubServer, tmp_path: Path) -> None:
    assert (await within(tmp_path, "hub").download("hf:org/repo:Q4_K_M")).read_bytes() == CONTENT
    hub.faults.redirect_to = "http://169.254.169.254/latest/meta-data"
    hub.add("org/other", "tiny-Q4_K_M.gguf", CONTENT)
    with pytest.raises(DownloadRefusedError):
        await within(tmp_path, "hub").download("hf:org/other:Q4_K_M")


async def test_nobody_learns_what_is_there(hub: HubServer, tmp_path: Path) -> None:
    sentences = set()
    for url in (f"{hub.mirror_url}/a.gguf", f"{hub.mirror_url}/b.gguf", "http://127.0.0.1:9/a.gguf"):
        with pytest.raises(DownloadRefusedError) as refused:
            await within(tmp_path, "hub", "*").download(url)
        sentences.add(refused.value.message)
        with pytest.raises(DownloadRefusedError):
            await find_header(ModelStore(tmp_path, tmp_path), parse_model_name(url), QUICK, reach_of(["hub"]))
    assert len(sentences) == 1
    assert hub.requests == []


async def test_clients_of_a_shared_worker_reach_what_they_may(hub: HubServer) -> None:
    url = f"{hub.mirror_url}/a.gguf"
    async with LlamaWorker() as worker:
        async with LlamaWorkerBridge(in_process_port(worker, shared=True)) as bridge:
            with pytest.raises(DownloadRefusedError):
                await bridge.download_model(url)
            with pytest.raises(DownloadRefusedError):
                await bridge.estimate(url)
            assert hub.requests == []
            await bridge.download_model("hf:org/repo:Q4_K_M")
        async with LlamaWorkerBridge(in_process_port(worker)) as bridge:
            with pytest.raises(ModelNotFoundError):
                await bridge.download_model(f"{hub.mirror_url}/b.gguf")
