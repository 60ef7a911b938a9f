"""Gaps filled over HTTP, in the form of llama-server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, events, fetch, serving
from tests.worker.infill.test_infill import coder

GAP: dict[str, Any] = {"input_prefix": "la " * 100, "input_suffix": " ba" * 100, "n_predict": 6, "temperature": 0}


@pytest.fixture
async def code(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> AsyncIterator[Address]:
    path = coder(tmp_path)
    await worker.load_model(path, batch_size=32, context_size=1024)
    async with serving(create_app(worker, store=store, models={"code": str(path)})) as address:
        yield address


async def test_all_that_fits_into_the_context_is_read(code: Address) -> None:
    """And not only what fits into one batch, as the engine's own endpoint would have it."""
    whole = (await fetch(code, "POST", "/infill", GAP)).json()
    assert whole["tokens_evaluated"] > 400
    assert whole["tokens_predicted"] == 6
    streamed = events((await fetch(code, "POST", "/infill", GAP | {"stream": True})).body)
    assert "".join(event["content"] for event in streamed if "content" in event) == whole["content"]


async def test_other_files_come_first(code: Address) -> None:
    extra = [{"filename": "a.py", "text": "la li"}, {"text": "lu"}]
    alone, with_files = [
        (await fetch(code, "POST", "/infill", body)).json() for body in (GAP, GAP | {"input_extra": extra})
    ]
    assert with_files["tokens_evaluated"] > alone["tokens_evaluated"]
    assert "a.py\nla li" in with_files["prompt"]
    refused = await fetch(code, "POST", "/infill", GAP | {"input_extra": [{"filename": "a.py"}]})
    assert (refused.status, refused.json()["error"]["param"]) == (400, "input_extra[0]")


async def test_a_model_that_was_not_taught_it_is_the_requests_fault(server: Address) -> None:
    answer = await fetch(server, "POST", "/infill", GAP)
    assert (answer.status, answer.json()["error"]["code"]) == (400, "not_supported")
