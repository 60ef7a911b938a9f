"""Open Responses' compliance checks, with the types of the `openai` package as the schema."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.models import ModelStore
from tests.http.clients.counted import counted_server, environment
from tests.http.clients.environment import installed, python_of

_SCRIPT = Path(__file__).with_name("open_responses.py")
_CHECKS = 6


@pytest.mark.clients
async def test_each_answer_and_event_is_as_the_schema_has_it(
    worker: LlamaWorker, tmp_path: Path, seeing_path: Path
) -> None:
    if not installed("main"):
        pytest.skip("run `python -m tests.http.clients` to install the client libraries")
    store = ModelStore(tmp_path / "hub", tmp_path / "plain")
    async with counted_server(worker, store, seeing=seeing_path) as server:
        process = await asyncio.create_subprocess_exec(
            python_of("main"),
            _SCRIPT,
            env=environment(server, tmp_path),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = (await process.communicate())[0].decode()
    assert process.returncode == 0, output
    assert output.count("ok ") == _CHECKS
