"""One model that sees and hears, for all tests of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from llama_worker import LlamaWorker, Model


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def media_worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seeing(media_worker: LlamaWorker, seeing_path: Path) -> Model:
    return await media_worker.load_model(seeing_path, context_size=1024, sequences=2)
