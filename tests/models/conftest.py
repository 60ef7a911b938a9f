"""A hub of our own, and a downloader that talks to it without long waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker.models.download.download import Downloader, TransferSettings
from llama_worker.models.store.store import ModelStore
from tests.models.download.hub_server import HubServer, running_hub
from tests.models.raw_gguf import UNIT

_HUB_VARIABLES = (
    *("LLAMA_CACHE", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME"),
    *("HF_TOKEN", "HF_HUB_OFFLINE", "MODEL_ENDPOINT", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"),
)
QUICK = TransferSettings(
    smallest_segment_bytes=8 * UNIT,
    retries=3,
    backoff_seconds=0.01,
    longest_wait_seconds=0.2,
    stall_seconds=5.0,
)


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HubServer]:
    for variable in _HUB_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    async with running_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "hub", tmp_path / "plain")


@pytest.fixture
def downloader(store: ModelStore) -> Downloader:
    return Downloader(store, QUICK)
