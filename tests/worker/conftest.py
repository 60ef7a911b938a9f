"""One engine for all tests of a file that change nothing in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from tests.gguf_factory import write_gguf


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def noise(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A random model that says pairs of letters when it is greedy, and anything when it is not."""
    path = write_gguf(tmp_path_factory.mktemp("noise") / "noise.gguf", plain_text=True)
    return await shared_worker.load_model(path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(shared_worker: LlamaWorker) -> Model:
    """The built-in model."""
    return await shared_worker.load_model("builtin")
