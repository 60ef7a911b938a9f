"""`search` on every door, with the real estimate."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from llama_worker import LlamaWorker, LlamaWorkerBridge, errors
from llama_worker.messages.found import FoundModel
from llama_worker.models.store.files import builtin_path
from llama_worker.ports import in_process_port
from llama_worker.sync import LlamaWorker as SyncWorker
from tests.models.conftest import hub  # noqa: F401
from tests.models.download.hub_server import HubServer

REPO = "org/tiny-GGUF"


@pytest.fixture
async def searched(hub: HubServer) -> AsyncIterator[list[FoundModel]]:  # noqa: F811
    hub.add(REPO, "tiny-Q8_0.gguf", builtin_path().read_bytes())
    async with LlamaWorker() as worker:
        yield await worker.search("tiny", fits=True)


async def test_what_fits_is_what_the_estimate_says(searched: list[FoundModel]) -> None:
    (found,) = searched
    async with LlamaWorker() as worker:
        needed = await worker.estimate("builtin")
    fit = found.files[0].fit
    assert fit is not None
    assert fit.fits
    assert fit.context_size == needed.context_size
    assert abs(fit.required_bytes / needed.required_bytes - 1) < 0.05


async def test_the_same_over_a_port(searched: list[FoundModel]) -> None:
    async with LlamaWorker() as worker, LlamaWorkerBridge(in_process_port(worker)) as bridge:
        (found,) = await bridge.search("tiny", limit=1)
    assert found.best == searched[0].best == f"hf:{REPO}:Q8_0"


def test_bad_words_are_refused() -> None:
    with SyncWorker() as worker:
        for wrong in ({"limit": 0}, {"limit": 101}, {"site": "gh"}):
            with pytest.raises(errors.InvalidOptionsError):
                worker.search("tiny", **wrong)
