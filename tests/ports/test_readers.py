"""Whoever asks and then does not read holds no slot: over stdio, over a bridge, and in the program itself."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.local import local_ports
from llama_worker.ports.server.connection import Connection
from llama_worker.ports.server.stdio import StdioPort
from tests.gguf_factory import write_gguf


@pytest.fixture
async def model(worker: LlamaWorker, tmp_path: Path) -> Model:
    """It never ends by itself."""
    return await worker.load_model(write_gguf(tmp_path / "endless.gguf", endless=True), sequences=2)


async def free(model: Model) -> None:
    async with asyncio.timeout(60):
        while model.runtime.queue.free < model.sequences:
            await asyncio.sleep(0.01)


async def begun(model: Model, count: int) -> None:
    async with asyncio.timeout(60):
        while model.sequences - model.runtime.queue.free < count:
            await asyncio.sleep(0.01)


@pytest.fixture
async def pipes(worker: LlamaWorker) -> AsyncIterator[tuple[int, int]]:
    """What a host writes to and reads from, with a worker at their other ends."""
    (asked, ask), (answers, answer) = os.pipe(), os.pipe()
    serving = asyncio.create_task(Connection(worker, StdioPort(asked, answer), shared=True).serve())
    yield ask, answers
    for fd in (ask, answers):
        os.close(fd)
    await serving
    for fd in (asked, answer):
        os.close(fd)


async def test_a_host_that_stops_reading_its_pipe(worker: LlamaWorker, model: Model, pipes: tuple[int, int]) -> None:
    for id in range(4):  # together far more than a pipe and its writer hold
        options = {"maxTokens": 1000, "temperature": 0}
        message = {"type": "complete", "id": id, "prompt": "a", "options": options, "model": model.id}
        os.write(pipes[0], json.dumps(message).encode() + b"\n")
    await begun(model, 2)
    assert (await model.complete("a", max_tokens=5)).usage.completion_tokens == 5
    await free(model)


async def test_a_program_that_stops_iterating(model: Model) -> None:
    streams = [aiter(model.complete("a", max_tokens=1000)) for _ in range(2)]
    for stream in streams:
        await anext(stream)
    assert (await model.complete("a", max_tokens=5)).usage.completion_tokens == 5
    await free(model)
    for stream in streams:
        rest = [text async for text in stream]
        assert len(rest) == 1  # what piled up is one piece


async def test_a_program_that_stops_iterating_over_a_bridge(worker: LlamaWorker, model: Model) -> None:
    client, server = local_ports()
    serving = asyncio.create_task(Connection(worker, server, shared=True).serve())
    async with LlamaWorkerBridge(client) as bridge:
        far = await bridge.load_model(str(model.path))
        streams = [aiter(far.complete("a", max_tokens=1000)) for _ in range(2)]
        for stream in streams:
            await anext(stream)
        assert (await far.complete("a", max_tokens=5)).usage.completion_tokens == 5
        await free(model)
        for stream in streams:
            assert [text async for text in stream]
    await serving


async def test_a_worker_whose_port_nobody_reads(worker: LlamaWorker, model: Model) -> None:
    client, server = local_ports()
    serving = asyncio.create_task(Connection(worker, server, shared=True).serve())
    for id in range(4):
        options = {"maxTokens": 500, "temperature": 0}
        await client.send({"type": "complete", "id": id, "prompt": "a", "options": options})  # type: ignore[arg-type]
    await begun(model, 2)
    assert (await model.complete("a", max_tokens=5)).usage.completion_tokens == 5
    await free(model)
    await client.close()
    await serving
