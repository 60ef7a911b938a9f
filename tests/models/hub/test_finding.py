"""A search of a hub: what is asked, what is told of it, and how it fails."""

from __future__ import annotations

import pytest

from llama_worker.errors import DownloadError
from llama_worker.messages.found import Fit, FoundModel
from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.hub.asking import find_model
from llama_worker.models.hub.finding import Search, find_models
from llama_worker.models.names import HubName
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK
from tests.models.download.hub_server import HubServer

REPO = "Qwen/Qwen3-4B-GGUF"
MIB = 1 << 20


def model(size: int) -> bytes:
    """One whose vocabulary is longer than what a search fetches."""
    words = raw.array("tokenizer.ggml.tokens", raw.STRING, 2, raw.text("a") + raw.text("b" * MIB))
    tensor = raw.tensor("noise", (size // 4,))
    return raw.gguf([*raw.model_keys(), words], [tensor], data=bytes(size))


def below(limit: int, header: GgufHeader, beside_bytes: int) -> Fit:
    needed = header.data_bytes + beside_bytes
    return Fit(needed < limit, needed, limit, 4096, f"needs {needed}")


async def find(text: str, limit_bytes: int = 1 << 40, **how: object) -> list[FoundModel]:
    search = Search(text, **how)  # type: ignore[arg-type]
    return await find_models(search, lambda header, beside: below(limit_bytes, header, beside), QUICK)


async def test_what_is_told_of_a_repository(hub: HubServer) -> None:
    for quantization, size in (("Q8_0", 4 * MIB), ("Q4_K_M", 2 * MIB), ("Q2_K", MIB)):
        hub.add(REPO, f"Qwen3-4B-{quantization}.gguf", model(size))
    hub.add("other/Qwen3-4B", "model.safetensors", b"x")
    gguf = {"total": 4000, "architecture": "qwen3", "context_length": 40960}
    hub.card(REPO, tags=("license:mit", "base_model:Qwen/Qwen3-4B"), downloads=7, likes=3, gguf=gguf)
    (found,) = await find("qwen 4b")
    assert [file.quantization for file in found.files] == ["Q2_K", "Q4_K_M", "Q8_0"]
    assert [file.size_bytes for file in found.files] == sorted(len(content) for content in hub.files[REPO].values())
    assert found.best == f"hf:{REPO}:Q4_K_M"
    assert (found.license, found.downloads, found.likes, found.gated) == ("mit", 7, 3, False)
    assert (found.parameters, found.architecture, found.context_length) == (4000, "qwen3", 40960)
    assert found.base_models == ("Qwen/Qwen3-4B",)
    assert found.last_modified is not None
    assert found.last_modified.startswith("2026-05-04T03:02:01")
    assert found.page == f"{hub.url}/{REPO}"
    assert hub.sent_bytes == 64 << 10
    assert ("filter", "gguf") in hub.searches[0]


async def test_when_the_usual_one_does_not_fit_the_largest_below_it_is_best(hub: HubServer) -> None:
    for quantization, size in (("Q8_0", 4 * MIB), ("Q4_K_M", 3 * MIB), ("Q3_K_M", 2 * MIB), ("Q2_K", MIB)):
        hub.add(REPO, f"Qwen3-4B-{quantization}.gguf", model(size))
    (found,) = await find("", limit_bytes=7 * MIB // 2)
    assert found.best == f"hf:{REPO}:Q3_K_M"
    assert [file.fit.fits for file in found.files if file.fit] == [True, True, False, False]
    (none,) = await find("", limit_bytes=MIB)
    assert (none.best, none.fits) == (None, False)


async def test_only_what_fits_and_so_many_at_most(hub: HubServer) -> None:
    for index in range(9):
        repo = f"org/model-{index}-GGUF"
        hub.add(repo, "m-Q8_0.gguf", model(MIB if index % 2 else 8 * MIB))
        hub.card(repo, downloads=100 - index)
    fitting = await find("model", limit_bytes=4 * MIB, fits=True, limit=3)
    assert [found.name for found in fitting] == [f"hf:org/model-{index}-GGUF" for index in (1, 3, 5)]
    assert [found.name for found in await find("model", limit=2)] == [f"hf:org/model-{index}-GGUF" for index in (0, 1)]


async def test_of_a_gated_repository_the_page_is_told(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(REPO, "m-Q8_0.gguf", model(MIB))
    hub.card(REPO, gated="manual")
    hub.faults.gated_files = True
    (found,) = await find("qwen")
    assert (found.gated, found.fits, found.best) == (True, None, None)
    assert f"accept its licence at {hub.url}/{REPO}" in found.reason
    assert "HF_TOKEN" in found.reason
    monkeypatch.setenv("HF_TOKEN", "hf_of_somebody_else")
    (found,) = await find("qwen")
    assert "your token may not read it" in found.reason


async def test_a_server_without_ranges_leaves_it_unknown(hub: HubServer) -> None:
    hub.add(REPO, "m-Q8_0.gguf", model(MIB))
    hub.faults.ignore_range = True
    (found,) = await find("qwen")
    assert found.fits is None
    assert "cannot send parts" in found.reason


async def test_a_connection_that_breaks_is_tried_again(hub: HubServer) -> None:
    hub.add(REPO, "m-Q8_0.gguf", model(MIB))
    hub.faults.hub_statuses = [503]
    hub.faults.cut_after = [1000, 2000]
    (found,) = await find("qwen")
    assert found.fits


async def test_no_network_is_one_sentence(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(
        DownloadError, match=r"^http://127.0.0.1:9 cannot be reached \(.*\); check .*HF_ENDPOINT\.$"
    ) as told:
        await find("qwen")
    assert told.value.reason == "network"
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DownloadError, match="HF_HUB_OFFLINE") as told:
        await find("qwen")
    assert told.value.reason == "offline"


async def test_something_that_is_no_hub(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.mirror_url)
    with pytest.raises(DownloadError, match="cannot be searched"):
        await find("qwen")
    hub.plain["api/models"] = b"<html>"
    with pytest.raises(DownloadError, match="something else than a hub does"):
        await find("qwen")
    hub.plain["api/models"] = b'{"error": "no"}'
    with pytest.raises(DownloadError, match="no list"):
        await find("qwen")


async def test_a_mirror_that_is_no_address_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODEL_ENDPOINT", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "mirror.example")
    with pytest.raises(DownloadError, match=r"'mirror\.example' is no address of a hub: set HF_ENDPOINT"):
        await find_model(HubName("org/a"))
