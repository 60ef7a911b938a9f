"""One model that sees and hears, for all tests of a file."""

from __future__ import annotations

from pathlib import Path

import pytest_asyncio

from llama_worker import LlamaWorker, Model


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seeing(shared_worker: LlamaWorker, seeing_path: Path) -> Model:
    return await shared_worker.load_model(seeing_path, context_size=1024, sequences=2)
