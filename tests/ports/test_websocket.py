"""The WebSocket port, served by uvicorn and at the level of ASGI."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn

from llama_worker import LlamaWorker
from llama_worker.config.paths import MAYBE_PATHS, PATHS
from llama_worker.errors import InvalidOptionsError, PortClosedError
from llama_worker.options import ModelOptions
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.in_process import in_process_port
from llama_worker.ports.client.websocket import websocket_port
from llama_worker.ports.server.shared_options import check_shared_options
from llama_worker.ports.server.websocket import WebSocketEndpoint


@pytest.fixture
async def url(worker: LlamaWorker) -> AsyncIterator[str]:
    """Where the endpoint is served."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(WebSocketEndpoint(worker), lifespan="off", log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"ws://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    await serving
    listener.close()


async def test_a_bridge_over_a_websocket(url: str) -> None:
    """The same methods, far away."""
    async with LlamaWorkerBridge(websocket_port(url)) as bridge:
        model = await bridge.load_model("builtin")
        session = await model.create_session()
        pieces = [text async for text in session.prompt("Hello!", max_tokens=10, temperature=0)]
        assert "".join(pieces) == session.get_chat_history()[-1]["content"]


async def test_two_connections_share_the_models_and_nothing_else(url: str) -> None:
    """The second begins with the newest model; cleanup of the one leaves the other alone."""
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as first, http.ws_connect(url) as second:
        await asking(first, {"type": "load_model", "id": 1, "modelPath": "builtin"})
        async with http.ws_connect(url) as third:
            for socket in (first, third):
                await asking(socket, {"type": "create_context", "id": 2})
                await asking(socket, {"type": "initialize_session", "id": 3})
            await asking(first, {"type": "set_chat_history", "id": 4, "messages": [{"role": "user", "content": "a"}]})
            assert (await asking(third, {"type": "get_chat_history", "id": 5}))["value"] == []
            await asking(first, {"type": "cleanup", "id": 6})
            assert len((await asking(second, {"type": "list_models", "id": 7}))["value"]) == 1
            assert (await asking(third, {"type": "get_chat_history", "id": 8}))["type"] == "result"


async def asking(socket: aiohttp.ClientWebSocketResponse, request: dict[str, Any]) -> dict[str, Any]:
    """Send a request and read to its end."""
    await socket.send_json(request)
    while True:
        message: dict[str, Any] = await socket.receive_json(timeout=60)
        if message.get("id") == request["id"] and message["type"] not in {"info", "progress", "operation_event"}:
            return message


async def test_nobody_far_away_chooses_programs_or_files(url: str, tmp_path: Path) -> None:
    """The engine is whoever's runs the worker, and so are its files."""
    async with LlamaWorkerBridge(websocket_port(url)) as bridge:
        with pytest.raises(InvalidOptionsError, match="chosen by whoever runs it"):
            await bridge.initialize(engine="/bin/sh")
        with pytest.raises(InvalidOptionsError, match="chosen by whoever runs it") as refused:
            await bridge.load_model("builtin", engine_arguments=["--no-warmup"])
        assert refused.value.path == "engine_arguments"
        session = await (await bridge.load_model("builtin")).create_session()
        with pytest.raises(InvalidOptionsError, match="no files for its clients"):
            await session.save(tmp_path / "session")


@pytest.mark.parametrize(
    "said", [{"journal": "a"}, {"state_cache": "a"}, {"sandbox": False}, {"memory_budget": 1}, {"engine": "/bin/sh"}]
)
async def test_what_concerns_everybody_is_for_whoever_runs_the_worker(worker: LlamaWorker, said: Any) -> None:
    async with LlamaWorkerBridge(in_process_port(worker, shared=True)) as bridge:
        with pytest.raises(InvalidOptionsError, match="chosen by whoever runs it") as refused:
            await bridge.initialize(**said)
        assert [refused.value.path] == list(said)


@pytest.mark.parametrize("option", sorted((PATHS | MAYBE_PATHS) & set(ModelOptions.__struct_fields__)))
async def test_no_option_names_a_file_of_a_shared_workers_machine(worker: LlamaWorker, option: str) -> None:
    """Whether such a file is there or not, in every message that has options of a model."""
    async with LlamaWorkerBridge(in_process_port(worker, shared=True)) as bridge:
        for file in (__file__, "/no/such/file"):
            said: Any = {"loras": {"voice": file}} if option == "loras" else {option: file}
            for ask in (bridge.load_model, bridge.estimate):
                with pytest.raises(InvalidOptionsError, match="names a file of a shared worker's machine") as refused:
                    await ask("builtin", **said)
                assert refused.value.path is not None
                assert refused.value.path.partition(".")[0] == option


@pytest.mark.parametrize(
    "said",
    [
        {"chat_template": "chatml"},
        {"chat_template": "{{ messages[0].content }}"},
        {"projector": False},
        {"draft_model": "builtin"},
        {"loras": {"voice": "hf:some/adapter"}},
    ],
)
def test_what_names_no_file_is_for_everybody(said: dict[str, Any]) -> None:
    check_shared_options(ModelOptions(**said))


async def test_who_closes_the_page_aborts_the_work(url: str, worker: LlamaWorker, random_model_path: Path) -> None:
    """Nothing goes on computing for nobody."""
    await worker.load_model(random_model_path)
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        await socket.send_json(
            {"type": "complete", "id": 1, "prompt": "a", "options": {"maxTokens": 100_000, "temperature": 0}}
        )
        while (await socket.receive_json(timeout=60))["type"] != "completion_chunk":
            pass
    async with asyncio.timeout(30):
        while worker._operations:
            await asyncio.sleep(0.01)


async def test_garbage_in_a_frame(url: str) -> None:
    """Text or bytes: it is answered, and the connection lives on."""
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        await socket.receive_json()
        await socket.send_str("garbage")
        assert (await socket.receive_json(timeout=60))["code"] == "invalid_message"
        await socket.send_bytes(b'{"type":"list_models","id":1}')
        assert (await socket.receive_json(timeout=60))["id"] == 1


async def test_nobody_is_there() -> None:
    """The error says where."""
    with pytest.raises(PortClosedError, match=r"127\.0\.0\.1:1"):
        await LlamaWorkerBridge(websocket_port("ws://127.0.0.1:1/")).initialize()


class Stage:
    """An ASGI server that can be looked at and stalled."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[Any] = []
        self.flows = asyncio.Event()
        self.flows.set()
        self.events.put_nowait({"type": "websocket.connect"})

    def ask(self, **message: Any) -> None:
        self.events.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def receive(self) -> Any:
        return await self.events.get()

    async def send(self, event: Any) -> None:
        await self.flows.wait()
        self.sent.append(json.loads(event["text"]) if "text" in event else event)

    async def until(self, **fields: Any) -> None:
        async with asyncio.timeout(60):
            while not any(fields.items() <= message.items() for message in self.sent):
                await asyncio.sleep(0.005)


async def test_a_connection_that_is_not_allowed(worker: LlamaWorker) -> None:
    """It is refused before it begins."""
    stage = Stage()
    await WebSocketEndpoint(worker, allow=lambda scope: False)({"type": "websocket"}, stage.receive, stage.send)
    assert stage.sent == [{"type": "websocket.close", "code": 1008}]


async def test_a_stalled_client_slows_only_itself(worker: LlamaWorker, random_model_path: Path) -> None:
    """What it does not read costs nothing but the text itself, and comes in one piece when it reads again."""
    await worker.load_model(random_model_path)
    endpoint, stalled, other = WebSocketEndpoint(worker), Stage(), Stage()
    serving = [
        asyncio.create_task(endpoint({"type": "websocket"}, stage.receive, stage.send)) for stage in (stalled, other)
    ]
    stalled.ask(type="complete", id=1, prompt="a", options={"maxTokens": 300, "temperature": 0})
    await stalled.until(type="completion_chunk")
    stalled.flows.clear()
    before = len(stalled.sent)
    other.ask(type="complete", id=1, prompt="a", options={"maxTokens": 300, "temperature": 0})
    await other.until(type="completion_done")
    assert len(stalled.sent) == before
    stalled.flows.set()
    await stalled.until(type="completion_done")
    done = [
        next(message for message in stage.sent if message["type"] == "completion_done") for stage in (stalled, other)
    ]
    texts = ["".join(message.get("chunk", "") for message in stage.sent) for stage in (stalled, other)]
    assert texts == [message["fullText"] for message in done]
    assert len([message for message in stalled.sent[before:] if message["type"] == "completion_chunk"]) <= 2
    for stage in (stalled, other):
        stage.events.put_nowait({"type": "websocket.disconnect"})
    await asyncio.gather(*serving)


async def test_a_client_that_never_reads_again_is_dropped(worker: LlamaWorker, random_model_path: Path) -> None:
    """Its work is aborted."""
    await worker.load_model(random_model_path)
    stage = Stage()
    endpoint = WebSocketEndpoint(worker, send_timeout=0.2)
    serving = asyncio.create_task(endpoint({"type": "websocket"}, stage.receive, stage.send))
    stage.ask(type="complete", id=1, prompt="a", options={"maxTokens": 100_000, "temperature": 0})
    await stage.until(type="completion_chunk")
    stage.flows.clear()
    async with asyncio.timeout(30):
        while worker._operations:
            await asyncio.sleep(0.01)
    stage.events.put_nowait({"type": "websocket.disconnect"})
    await serving
