"""Headers read by ranges: little is fetched, and the answer is that of the whole file."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.errors import DownloadError, InvalidModelError, ModelNotFoundError
from llama_worker.models.download.remote_header import find_header
from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.names import parse_model_name
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK
from tests.models.download.hub_server import HubServer

REPO = "org/tiny"
MIB = 1 << 20


async def find(store: ModelStore, name: str) -> GgufHeader:
    return await find_header(store, parse_model_name(name), QUICK)


def big(header_bytes: int, data_bytes: int) -> bytes:
    """A model with a header of about that size."""
    words = raw.array("tokenizer.ggml.tokens", raw.STRING, 2, raw.text("a") + raw.text("b" * header_bytes))
    tensor = raw.tensor("noise", (data_bytes // 4,))
    return raw.gguf([*raw.model_keys(), words], [tensor], data=bytes(data_bytes))


async def test_of_a_large_file_only_the_beginning_is_fetched(hub: HubServer, store: ModelStore) -> None:
    hub.add(REPO, "tiny.gguf", big(1000, 8 * MIB))
    header = await find(store, f"hf:{REPO}")
    assert (header.vocab_size, header.data_bytes) == (2, 8 * MIB)
    assert hub.sent_bytes == MIB
    assert not store.root.exists()


async def test_a_long_header_is_fetched_to_its_end(hub: HubServer, store: ModelStore) -> None:
    hub.plain["a.gguf"] = big(5 * MIB, 16 * MIB)
    header = await find(store, f"{hub.mirror_url}/a.gguf")
    assert header.header_bytes > 5 * MIB
    assert 5 * MIB < hub.sent_bytes < 12 * MIB


async def test_a_file_shorter_than_the_first_request(hub: HubServer, store: ModelStore) -> None:
    hub.plain["a.gguf"] = raw.gguf()
    assert (await find(store, f"{hub.mirror_url}/a.gguf")).block_count == 2


async def test_the_parts_of_a_remote_model_are_one(hub: HubServer, store: ModelStore, tmp_path: Path) -> None:
    for link in cache_folder.split(tmp_path, REPO, "m-Q8_0", 2):
        hub.add(REPO, link.name, link.read_bytes())
    hub.add(REPO, "mmproj.gguf", raw.gguf())
    assert len((await find(store, f"hf:{REPO}")).tensors) == 2


async def test_what_is_here_is_not_fetched(hub: HubServer, store: ModelStore) -> None:
    cache_folder.add(store.root, REPO, "tiny.gguf")
    assert (await find(store, f"hf:{REPO}")).block_count == 2
    assert hub.hub_authorizations == []


async def test_offline_nothing_is_fetched(hub: HubServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(REPO, "tiny.gguf", raw.gguf())
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelNotFoundError):
        await find(store, f"hf:{REPO}")
    assert hub.hub_authorizations == []


@pytest.mark.parametrize("content", [b"<html>" * 100, raw.gguf()[:50]], ids=["page", "cut"])
async def test_broken_remote_files_are_refused(hub: HubServer, store: ModelStore, content: bytes) -> None:
    hub.plain["a.gguf"] = content
    with pytest.raises(InvalidModelError):
        await find(store, f"{hub.mirror_url}/a.gguf")


async def test_a_server_without_ranges_is_told(hub: HubServer, store: ModelStore) -> None:
    hub.plain["a.gguf"] = raw.gguf()
    hub.faults.ignore_range = True
    with pytest.raises(DownloadError, match="pull the whole"):
        await find(store, f"{hub.mirror_url}/a.gguf")


async def test_paths_are_never_fetched(store: ModelStore) -> None:
    with pytest.raises(ModelNotFoundError):
        await find(store, "none.gguf")
