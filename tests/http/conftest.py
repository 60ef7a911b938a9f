"""Servers for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, serving


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """A store of its own, so that no test sees what is on this machine."""
    return ModelStore(tmp_path / "hub", tmp_path / "plain")


@pytest.fixture
async def server(worker: LlamaWorker, store: ModelStore) -> AsyncIterator[Address]:
    """A server with the built-in model to load."""
    async with serving(create_app(worker, store=store)) as address:
        yield address


@pytest.fixture
async def slow_server(worker: LlamaWorker, store: ModelStore, slow_model_path: Path) -> AsyncIterator[Address]:
    """A server whose model answers slowly, in two slots, with small batches."""
    await worker.load_model(slow_model_path, sequences=2, batch_size=32, context_size=2048)
    async with serving(create_app(worker, store=store, models={"slow": str(slow_model_path)})) as address:
        yield address
