"""What the page needs of the server: its files, conversations, the cookie, and a port that outlives its socket."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from llama_worker import LlamaWorker, Model
from llama_worker.http import create_app
from llama_worker.http.resumable import ResumablePort
from llama_worker.http.routes.port import PortRoute
from llama_worker.http.storing.conversations import Conversation, ConversationStore
from llama_worker.http.storing.database import Database
from llama_worker.models import ModelStore
from llama_worker.options.server import ServerOptions
from tests.http.server import Address, fetch, serving
from tests.http.test_cancel import eventually

KEY = "the key"
SESSION = "0123456789abcdef"


async def until(socket: aiohttp.ClientWebSocketResponse, kind: str, count: int = 1) -> list[Any]:
    """Messages up to the `count`-th of that kind."""
    heard: list[Any] = []
    while count:
        heard.append(await socket.receive_json(timeout=60))
        assert kind == "error" or heard[-1]["type"] != "error", heard[-1]
        count -= heard[-1]["type"] == kind
    return heard


@pytest.fixture
async def server(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> AsyncIterator[Address]:
    async with serving(create_app(worker, store=store, data=tmp_path / "data" / "chats.db")) as address:
        yield address


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_t40_the_page_may_run_no_inline_script_and_load_nothing_from_elsewhere(server: Address) -> None:
    answer = await fetch(server, "GET", "/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(rb"<script(?![^>]*src=)|\son\w+=|style=|https?://", answer.body)


async def test_t40_no_script_of_the_page_makes_markup_of_text() -> None:
    folder = Path(__file__).parents[3] / "src" / "llama_worker" / "http" / "page"
    for script in folder.glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text())


async def test_files_come_with_a_tag_and_only_when_they_changed(server: Address) -> None:
    first = await fetch(server, "GET", "/page/main.js")
    assert first.headers["content-type"].startswith("text/javascript")
    again = await fetch(server, "GET", "/page/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["..%2fapp.py", "%2e%2e/app.py", "nothing.js", "index.html%00"])
async def test_nothing_else_is_a_file_of_the_page(server: Address, name: str) -> None:
    assert (await fetch(server, "GET", f"/page/{name}")).status == 404


async def test_a_conversation_is_kept_found_changed_and_deleted(server: Address) -> None:
    value = {"title": "100% llamas", "messages": [{"role": "user", "content": "What do they eat?"}]}
    await fetch(server, "PUT", "/conversations/one", value)
    await fetch(server, "PUT", "/conversations/two", {"title": "Other"})
    assert (await fetch(server, "GET", "/conversations/one")).json()["messages"] == value["messages"]
    for search, found in (("", 2), ("eat", 1), ("100%25", 1), ("%25", 1), ("_", 0), ("nothing", 0)):
        assert len((await fetch(server, "GET", f"/conversations?search={search}")).json()["data"]) == found, search
    assert (await fetch(server, "DELETE", "/conversations/one")).status == 200
    assert (await fetch(server, "GET", "/conversations/one")).status == 404
    assert (await fetch(server, "DELETE", "/conversations/one")).status == 404
    assert (await fetch(server, "PUT", "/conversations/two", {"other": 1})).status == 400


def test_conversations_survive_the_server_and_are_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "chats.db"
    first = Database(path)
    ConversationStore(first).put("one", Conversation(title="kept"))
    first.close()
    second = Database(path)
    assert [entry["title"] for entry in ConversationStore(second).list()] == ["kept"]
    second.close()
    assert path.stat().st_mode & 0o077 == 0


async def test_a_browser_shows_the_key_once(worker: LlamaWorker, store: ModelStore) -> None:
    async with serving(create_app(worker, store=store, api_key=KEY)) as server:
        assert (await fetch(server, "GET", "/login")).json() == {"needed": True}
        assert (await fetch(server, "POST", "/login", {"key": "wrong"})).status == 401
        cookie = (await fetch(server, "POST", "/login", {"key": KEY})).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert KEY not in cookie
        shown = {"Cookie": cookie.split(";")[0]}
        assert (await fetch(server, "GET", "/login", headers=shown)).json() == {"needed": False}
        assert (await fetch(server, "GET", "/conversations", headers=shown)).status == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
async def test_the_socket_opens_to_no_page_of_others(
    server: Address, client: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.ws_connect(f"{server.url}/ws", headers=headers)
    assert refused.value.status == 403


async def test_the_socket_asks_for_the_key(
    worker: LlamaWorker, store: ModelStore, client: aiohttp.ClientSession
) -> None:
    async with serving(create_app(worker, store=store, api_key=KEY)) as server:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"{server.url}/ws")
        assert refused.value.status == 401
        async with client.ws_connect(f"{server.url}/ws", headers={"Authorization": f"Bearer {KEY}"}) as socket:
            assert (await socket.receive_json())["type"] == "info"


async def test_the_plain_socket_speaks_the_protocol(server: Address, client: aiohttp.ClientSession) -> None:
    async with client.ws_connect(f"{server.url}/ws") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "load_model", "modelPath": "builtin", "id": 1})
        await until(socket, "model_loaded")
        await socket.send_json({"type": "chat", "messages": [{"role": "user", "content": "Hello!"}], "id": 2})
        assert (await until(socket, "completion_done"))[-1]["fullText"]


async def test_a_stream_goes_on_over_another_socket_without_a_gap(
    server: Address, client: aiohttp.ClientSession, random_model: Model
) -> None:
    ask = {"type": "complete", "prompt": "a", "options": {"maxTokens": 3000, "seed": 1}, "id": "x"}
    async with client.ws_connect(f"{server.url}/ws?session={SESSION}") as socket:
        await socket.send_json(ask)
        heard = await until(socket, "completion_chunk", 5)
    async with client.ws_connect(f"{server.url}/ws?session={SESSION}&from={len(heard)}") as socket:
        heard += await until(socket, "completion_done")
    assert "".join(message.get("chunk", "") for message in heard) == heard[-1]["fullText"]
    assert heard[-1]["stats"]["completionTokens"] > 50


async def test_who_does_not_come_back_ends_the_work(
    worker: LlamaWorker, client: aiohttp.ClientSession, random_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llama_worker.http.routes.port._GRACE_SECONDS", 0.3)
    async with serving(create_app(worker)) as server:
        async with client.ws_connect(f"{server.url}/ws?session={SESSION}") as socket:
            await socket.send_json({"type": "complete", "prompt": "a", "options": {"maxTokens": 3900}, "id": "x"})
            await until(socket, "completion_chunk")
        await eventually(lambda: _free(random_model))


async def test_who_comes_back_has_the_whole_time_again(
    worker: LlamaWorker, client: aiohttp.ClientSession, random_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = "llama_worker.http.routes.port._GRACE_SECONDS"
    monkeypatch.setattr(grace, 2.0)
    route = PortRoute(worker, ServerOptions())
    async with serving(Starlette(routes=[WebSocketRoute("/ws", route)])) as server:
        async with client.ws_connect(f"{server.url}/ws?session={SESSION}") as socket:
            await until(socket, "info")
        port = route._ports[SESSION]
        await eventually(lambda: _attached(port, False))
        first_would_be_over = asyncio.create_task(asyncio.sleep(2.2))
        monkeypatch.setattr(grace, 60)
        async with client.ws_connect(f"{server.url}/ws?session={SESSION}"):
            await eventually(lambda: _attached(port, True))
        await eventually(lambda: _attached(port, False))
        await first_would_be_over
        assert route._ports[SESSION] is port


async def _attached(port: ResumablePort, whether: bool) -> bool:
    return port.attached is whether


async def _free(model: Model) -> bool:
    return model.runtime.queue.free == model.sequences


async def test_many_clients_wait_while_many_stream(
    server: Address, client: aiohttp.ClientSession, random_model: Model
) -> None:
    idle = [await client.ws_connect(f"{server.url}/ws") for _ in range(40)]
    asked = [await client.ws_connect(f"{server.url}/ws") for _ in range(10)]
    for socket in asked:
        await socket.send_json({"type": "complete", "prompt": "a", "options": {"maxTokens": 20}, "id": 1})
    for socket in asked:
        await until(socket, "completion_done")
    for socket in [*idle, *asked]:
        assert not socket.closed
        await socket.close()
