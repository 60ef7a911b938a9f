"""Connections themselves: sockets that read nothing, too many of them, half-closed ones, slow ones."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from llama_worker import LlamaWorker, Model
from tests.gguf_factory import write_gguf
from tests.http.server import Address, RawClient, fetch, request
from tests.http.test_cancel import eventually, idle
from tests.http.test_readers import SHORT, none_open, served

ENDLESS = {"type": "complete", "id": 1, "prompt": "a", "options": {"maxTokens": 3500, "temperature": 0}}
DOORS = ["/ws", "/ws?session=0123456789abcdef"]


@pytest.fixture(scope="module")
def path_of_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("models") / "endless.gguf", endless=True)


@pytest.fixture
async def model(worker: LlamaWorker, path_of_model: Path) -> Model:
    return await worker.load_model(path_of_model, sequences=2, context_size=8192)


async def unread_socket(address: Address, path: str, asked: Any) -> RawClient:
    """A WebSocket that asks and then reads nothing, not even pings."""
    client = await RawClient.connect_unread(address)
    client.read_on()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode()}
    head = request("GET", path, headers=upgrade | key | {"Content-Type": "", "Content-Length": ""})
    await client.send(head.replace(b"Connection: close\r\n", b""))
    await client.until(b"\r\n\r\n")
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    text = json.dumps(asked).encode()
    assert len(text) < 126
    await client.send(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    return client


async def begun(model: Model) -> bool:
    return model.runtime.queue.free < model.sequences


@pytest.mark.parametrize("path", DOORS)
async def test_unread_sockets_hold_no_slot(worker: LlamaWorker, model: Model, path: str) -> None:
    async with served(worker) as address, aiohttp.ClientSession() as session:
        asked = ENDLESS | {"options": {"maxTokens": 1500}}
        unread = [await unread_socket(address, path.replace("0", str(n), 1), asked) for n in range(2)]
        await eventually(lambda: begun(model))
        async with session.ws_connect(f"{address.url}/ws") as other:
            await other.send_json(ENDLESS | {"options": {"maxTokens": 5}})
            while (await other.receive_json(timeout=60))["type"] != "completion_done":
                pass
        await eventually(lambda: idle(model))
        for client in unread:
            client.leave()


@pytest.mark.parametrize("path", DOORS)
async def test_a_socket_that_reads_nothing_is_dropped(worker: LlamaWorker, model: Model, path: str) -> None:
    async with served(worker, write_timeout=0.5) as address:
        before = asyncio.all_tasks()
        client = await unread_socket(address, path, ENDLESS)
        await eventually(lambda: begun(model))
        await eventually(lambda: none_open(address))
        if path == DOORS[0]:  # the other one may come back for a minute
            await eventually(lambda: no_more_tasks_than(before))
        client.leave()


async def no_more_tasks_than(before: set[asyncio.Task[Any]]) -> bool:
    return asyncio.all_tasks() <= before


async def test_connections_that_ask_nothing_make_room_for_those_that_ask(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, max_connections=20) as address:
        crowd = [await RawClient.connect(address) for _ in range(200)]
        for _ in range(3):
            assert (await fetch(address, "POST", "/v1/completions", SHORT)).status == 200
        dribbling = [client for client in crowd if not client.reader.at_eof()]
        assert len(dribbling) < 20
        for client in crowd:
            client.leave()


async def test_a_body_that_comes_slowly_holds_neither_slot_nor_connection(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, max_connections=4) as address:
        slow = [await RawClient.connect(address) for _ in range(4)]
        for client in slow:
            await client.send(request("POST", "/v1/completions", SHORT)[:-3])
        assert (await fetch(address, "POST", "/v1/completions", SHORT)).status == 200
        assert await idle(model)
        for client in slow:
            client.leave()


async def test_bodies_are_bounded_all_together_too(worker: LlamaWorker, model: Model) -> None:
    large = SHORT | {"user": "x" * 400_000}
    async with served(worker, total_body_bytes=1_000_000) as address:
        slow = [await RawClient.connect(address) for _ in range(2)]
        for client in slow:
            await client.send(request("POST", "/v1/completions", large)[:-3])
        await eventually(lambda: refused(address, large))
        for client in slow:
            client.leave()
        await eventually(lambda: answered(address, large))


async def refused(address: Address, body: Any) -> bool:
    answer = await fetch(address, "POST", "/v1/completions", body)
    return answer.status == 503 and answer.json()["error"]["code"] == "queue_full"


async def answered(address: Address, body: Any) -> bool:
    return (await fetch(address, "POST", "/v1/completions", body)).status == 200


async def test_when_all_connections_are_busy_one_more_is_refused(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, max_connections=2) as address:
        busy = [await RawClient.connect(address) for _ in range(2)]
        for client in busy:
            await client.post("/v1/completions", {"prompt": "a", "max_tokens": 5000, "stream": True})
            await client.until(b'"text"')
        assert (await fetch(address, "GET", "/health")).status == 503
        for client in busy:
            client.leave()
        await eventually(lambda: answers(address))


async def answers(address: Address) -> bool:
    return (await fetch(address, "GET", "/health")).status == 200


async def test_a_thousand_connections_leave_nothing_behind(worker: LlamaWorker, model: Model) -> None:
    async with served(worker, max_connections=100) as address:
        before, files = asyncio.all_tasks(), psutil.Process().num_fds()
        for _ in range(10):
            crowd = [await RawClient.connect(address) for _ in range(100)]
            for client in crowd:
                client.leave()
        assert (await fetch(address, "POST", "/v1/completions", SHORT)).status == 200
        await eventually(lambda: no_more_tasks_than(before))
        await eventually(lambda: no_more_files_than(files + 2))


async def no_more_files_than(count: int) -> bool:
    return psutil.Process().num_fds() <= count


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_will_send_no_more_has_left(worker: LlamaWorker, model: Model, stream: bool) -> None:
    """A half-closed connection cannot be told from one whose client has gone."""
    async with served(worker) as address:
        client = await RawClient.connect(address)
        await client.post("/v1/completions", {"prompt": "a", "max_tokens": 5000, "stream": stream})
        await eventually(lambda: begun(model))
        client.writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
        await eventually(lambda: idle(model))
        client.leave()


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("kind", [0x81, 0x82])
async def test_a_frame_that_is_no_text_is_no_failure_of_the_server(
    worker: LlamaWorker, caplog: pytest.LogCaptureFixture, path: str, kind: int
) -> None:
    """A binary one is answered, a text one that is none closes the socket, and nothing of it is in the log."""
    async with served(worker) as address:
        client = await unread_socket(address, path, {"type": "list_models", "id": "first"})
        client.writer.transport.resume_reading()  # type: ignore[attr-defined]
        await client.until(b'"first"')
        await client.send(bytes([kind, 0x82, 0, 0, 0, 0, 0xFF, 0xFE]))
        await client.until(b"\x88\x02\x03\xef" if kind == 0x81 else b'"invalid_message"')
        client.leave()
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
