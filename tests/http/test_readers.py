"""Readers who do not read, or read slowly: what they cost the others, and what they get."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.http import create_app
from llama_worker.options.server import ServerOptions
from tests.gguf_factory import write_gguf
from tests.http.server import Address, RawClient, fetch, parse, serving
from tests.http.test_cancel import eventually, idle

QUESTION = [{"role": "user", "content": "Hello!"}]
LONG: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": QUESTION, "max_tokens": 3500, "logprobs": True, "top_logprobs": 20},
    "/v1/completions": {"prompt": "Hello!", "max_tokens": 3500, "logprobs": 20},
    "/v1/responses": {"input": "Hello!", "max_output_tokens": 3500},
    "/v1/messages": {"messages": QUESTION, "max_tokens": 3500},
}
TOLD = dict.fromkeys(LONG, b'"code":"slow_reader"') | {"/v1/messages": b'"type":"overloaded_error"'}
SHORT = {"prompt": "a", "max_tokens": 5}
DONE = b"data: [DONE]\n\n"
SMALL = 16 * 1024


@asynccontextmanager
async def served(worker: LlamaWorker, **options: Any) -> AsyncIterator[Address]:
    chosen = ServerOptions(**options)
    async with serving(create_app(worker, **options), chosen) as address:
        yield address


@pytest.fixture(scope="module")
def path_of_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fast, and it never ends by itself."""
    return write_gguf(tmp_path_factory.mktemp("models") / "endless.gguf", endless=True)


@pytest.fixture
async def model(worker: LlamaWorker, path_of_model: Path) -> Model:
    return await worker.load_model(path_of_model, sequences=2, context_size=8192)


async def unread(address: Address, path: str, **fields: Any) -> RawClient:
    client = await RawClient.connect_unread(address)
    await client.post(path, LONG[path] | {"stream": True} | fields)
    return client


async def rest_of(client: RawClient) -> bytes:
    """What the answer was, read after all."""
    client.read_on()
    try:
        return parse(await client.reader.read()).body
    finally:
        client.leave()


async def computing(model: Model, count: int) -> bool:
    return model.sequences - model.runtime.queue.free == count


@pytest.mark.parametrize("path", list(LONG))
async def test_whoever_waits_gets_the_slot_of_a_reader_who_does_not_read(
    worker: LlamaWorker, model: Model, path: str
) -> None:
    async with served(worker, send_buffer_bytes=SMALL, busy_write_timeout=0.5) as address:
        stalled = [await unread(address, path) for _ in range(2)]
        await eventually(lambda: computing(model, 2))
        others = [asyncio.create_task(fetch(address, "POST", "/v1/completions", SHORT)) for _ in range(3)]
        assert [(await other).status for other in others] == [200] * 3
        answers = [await rest_of(client) for client in stalled]
        assert any(TOLD[path] in answer[-300:] for answer in answers)
        await eventually(lambda: idle(model))


async def test_unread_answers_that_fit_cost_nobody_anything(worker: LlamaWorker, model: Model) -> None:
    """And are whole when they are read in the end."""
    async with served(worker) as address:
        stalled = [await unread(address, "/v1/completions", max_tokens=300) for _ in range(4)]
        await eventually(lambda: idle(model))
        for client in stalled:
            assert (await rest_of(client)).endswith(DONE)


async def test_without_others_a_reader_may_take_its_time(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, send_buffer_bytes=SMALL, busy_write_timeout=0.1) as address:
        client = await unread(address, "/v1/completions", max_tokens=1000)
        await eventually(lambda: computing(model, 1))
        for _ in range(20):  # longer than the short limit
            await asyncio.sleep(0.05)
        assert await computing(model, 1)
        assert (await rest_of(client)).endswith(DONE)


async def test_who_reads_slowly_and_steadily_gets_all_while_others_wait(
    worker: LlamaWorker, path_of_model: Path
) -> None:
    model = await worker.load_model(path_of_model, sequences=1, context_size=4096)
    async with served(worker, send_buffer_bytes=SMALL, busy_write_timeout=1.0) as address:
        client = await unread(address, "/v1/completions", max_tokens=200)
        await eventually(lambda: computing(model, 1))
        waiting = asyncio.create_task(fetch(address, "POST", "/v1/completions", SHORT))
        await eventually(lambda: _waiting(model, 1))
        client.read_on()
        answer = b""
        while piece := await client.reader.read(4096):
            answer += piece
            await asyncio.sleep(0.02)
        assert parse(answer).body.endswith(DONE)
        assert len(answer) > 10 * SMALL
        assert (await waiting).status == 200
        client.leave()


async def _waiting(model: Model, count: int) -> bool:
    return model.runtime.queue.waiting == count


@pytest.mark.slow
async def test_thirty_unread_answers_take_no_more_memory_than_they_may(worker: LlamaWorker, model: Model) -> None:
    """Together they would be more than 300 MB."""
    limits = {"send_buffer_bytes": 2**20, "total_send_buffer_bytes": 8 * 2**20, "busy_write_timeout": 0.1}
    async with served(worker, **limits, max_queue=100) as address:
        stalled = [await unread(address, "/v1/completions") for _ in range(30)]
        process = psutil.Process()
        gc.collect()
        before = process.memory_info().rss
        assert (await fetch(address, "POST", "/v1/completions", SHORT)).status == 200
        assert process.memory_info().rss - before < 48 * 2**20
        for client in stalled:
            client.leave()


def connections(address: Address) -> int:
    """The server's ends that are open."""
    own = psutil.Process().net_connections("tcp")
    return sum(entry.status == "ESTABLISHED" and entry.laddr.port == address.port for entry in own)


async def none_open(address: Address) -> bool:
    return connections(address) == 0


async def test_an_answer_whose_end_nobody_reads_keeps_no_connection(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, write_timeout=0.5) as address:
        client = await unread(address, "/v1/completions", max_tokens=100)
        assert connections(address) == 1
        await eventually(lambda: none_open(address))
        client.leave()


async def test_a_whole_answer_that_nobody_reads_keeps_no_connection(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, write_timeout=0.5) as address:
        client = await RawClient.connect_unread(address)
        await client.post("/v1/embeddings", {"input": ["a"] * 300})
        assert connections(address) == 1
        await eventually(lambda: none_open(address))
        client.leave()
