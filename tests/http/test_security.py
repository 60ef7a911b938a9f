"""The server against pages, programs and networks that mean harm (T35 to T39 and T41 of the reliability notes)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidOptionsError
from llama_worker.http import create_app
from llama_worker.http.app import PUBLIC_PATHS
from llama_worker.http.serving.protocol import LimitedProtocol
from llama_worker.http.serving.server import listen
from llama_worker.models import ModelStore
from tests.http.server import Address, RawClient, exchange, fetch, parse, request, serving

KEY = "a key that is nowhere to be seen"
ASK = {"prompt": "Hello!", "max_tokens": 4}


@pytest.fixture
async def server(worker: LlamaWorker, store: ModelStore) -> AsyncIterator[Address]:
    async with serving(create_app(worker, store=store, max_body_bytes=100_000)) as address:
        yield address


@pytest.fixture
async def locked(worker: LlamaWorker, store: ModelStore) -> AsyncIterator[Address]:
    async with serving(create_app(worker, store=store, api_key=KEY)) as address:
        yield address


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("127.0.0.1", 200),
        ("127.0.0.1:8321", 200),
        ("[::1]", 200),
        ("[::1]:8321", 200),
        ("localhost.", 403),
        ("evil.example", 403),
        ("evil.example:8321", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("127.0.0.1:8321@evil.example", 400),
        (" ", 400),
        ("a b", 400),
        ("[::1", 400),
    ],
)
async def test_t35_the_host_must_be_ours(server: Address, host: str, status: int) -> None:
    assert (await fetch(server, "GET", "/health", headers={"Host": host})).status == status


async def test_t35_exactly_one_host_and_no_absolute_target(server: Address) -> None:
    for head in (
        b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ):
        assert (await exchange(server, head)).status == 400


async def test_t35_configured_hosts_are_ours_too(worker: LlamaWorker, store: ModelStore) -> None:
    async with serving(create_app(worker, store=store, allowed_hosts=["llm.example"])) as address:
        assert (await fetch(address, "GET", "/health", headers={"Host": "LLM.example:80"})).status == 200


def routes_of(app: Starlette) -> list[tuple[str, str]]:
    """Every route as method and path."""
    found = []
    for route in app.routes:
        assert isinstance(route, Route | Mount | WebSocketRoute)
        methods = sorted(getattr(route, "methods", None) or {"GET"})
        found += [(method, route.path.replace("{model:path}", "x").replace("{id}", "1")) for method in methods]
    return found


async def test_t36_every_route_but_the_listed_few_asks_for_the_key(locked: Address, worker: LlamaWorker) -> None:
    app = create_app(worker, api_key=KEY)
    for method, path in routes_of(app):
        answer = await fetch(locked, method, path)
        public = path in PUBLIC_PATHS or path.startswith("/page")
        assert (answer.status != 401) is public, f"{method} {path}"
    assert (await fetch(locked, "GET", "/no/such/route")).status == 401


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {KEY}"}, {"X-Api-Key": KEY}, {"authorization": f"bearer {KEY}"}]
)
async def test_the_key_opens(locked: Address, headers: dict[str, str]) -> None:
    assert (await fetch(locked, "GET", "/v1/models", headers=headers)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"X-Api-Key": ""},
        {"Authorization": KEY},
        {"Cookie": "llama_worker_session=x"},
    ],
)
async def test_anything_else_does_not(locked: Address, headers: dict[str, str]) -> None:
    answer = await fetch(locked, "GET", "/v1/models", headers=headers)
    assert (answer.status, answer.json()["error"]["code"]) == (401, "invalid_api_key")


async def test_t37_pages_of_other_origins_start_nothing(server: Address, worker: LlamaWorker) -> None:
    evil = {"Origin": "https://evil.example"}
    attempts = [
        ("POST", evil),
        ("POST", {"Origin": "null"}),
        ("POST", {"Content-Type": "text/plain"}),
        ("POST", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("POST", {"Content-Type": ""}),
        ("OPTIONS", evil | {"Access-Control-Request-Method": "POST"}),
    ]
    for method, headers in attempts:
        answer = await fetch(server, method, "/v1/completions", ASK, headers)
        assert answer.status in (403, 405, 415), headers
        assert "access-control-allow-origin" not in answer.headers
    assert worker.models == ()


async def test_t37_our_own_origin_and_configured_ones_may(worker: LlamaWorker, store: ModelStore) -> None:
    friend = "https://app.example"
    async with serving(create_app(worker, store=store, allowed_origins=[friend])) as address:
        own = {"Origin": f"http://127.0.0.1:{address.port}", "Host": f"127.0.0.1:{address.port}"}
        assert (await fetch(address, "POST", "/v1/completions", ASK, own)).status == 200
        answer = await fetch(address, "POST", "/v1/completions", ASK, {"Origin": friend})
        assert answer.headers["access-control-allow-origin"] == friend
        preflight = {"Origin": friend, "Access-Control-Request-Method": "POST"}
        assert (await fetch(address, "OPTIONS", "/v1/completions", headers=preflight)).status == 200


async def test_t38_the_key_is_in_no_log_and_no_command_line(
    locked: Address, caplog: pytest.LogCaptureFixture, worker: LlamaWorker
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Authorization": f"Bearer {KEY}"}
    await fetch(locked, "POST", "/v1/completions", ASK, headers)
    await fetch(locked, "POST", "/v1/completions", {"prompt": 5}, headers)
    assert KEY not in caplog.text
    pid = worker.models[0].pid
    files = [Path(f"/proc/{pid}/{name}") for name in ("cmdline", "environ")]
    assert not any(KEY.encode() in file.read_bytes() for file in files)


@pytest.mark.parametrize("chunked", [True, False])
async def test_t39_a_body_that_is_too_large_is_413(server: Address, chunked: bool) -> None:
    client = await RawClient.connect(server)
    size = {"Content-Length": "", "Transfer-Encoding": "chunked"} if chunked else {"Content-Length": "100000000"}
    await client.send(request("POST", "/v1/completions", None, size))
    sending = asyncio.create_task(_send_for_ever(client, chunked))
    head = await client.until(b"\r\n\r\n")
    sending.cancel()
    assert parse(head).status == 413
    client.leave()


async def _send_for_ever(client: RawClient, chunked: bool) -> None:
    piece = b"8000\r\n" + b"[" * 0x8000 + b"\r\n" if chunked else b"[" * 0x8000
    with contextlib.suppress(ConnectionError):
        while True:
            await client.send(piece)


async def test_t39_too_many_or_too_long_headers_are_431(server: Address) -> None:
    many = "".join(f"X-{number}: a\r\n" for number in range(10_000))
    for lines in (many, f"X-Long: {'a' * 70_000}\r\n"):
        head = f"GET /health HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n"
        assert (await exchange(server, head.encode())).status == 431
    assert (await fetch(server, "GET", "/health")).status == 200


async def test_t39_a_request_that_never_ends_is_dropped(server: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LimitedProtocol, "read_seconds", 0.5)
    head = request("POST", "/v1/completions", None, {"Content-Length": "1000"})
    for beginning in (b"", b"GET /health HT", head):
        client = await RawClient.connect(server)
        await client.send(beginning)
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                assert await client.reader.read() == b""
        client.leave()


async def test_every_answer_says_that_it_is_not_to_be_sniffed_or_framed(server: Address) -> None:
    for path in ("/health", "/no/such/route"):
        headers = (await fetch(server, "GET", path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_t41_an_address_that_others_reach_needs_a_key(host: str) -> None:
    with pytest.raises(InvalidOptionsError, match="without an API key"):
        listen(host, 0, has_key=False)


def test_t41_with_a_key_it_may_be_bound() -> None:
    listen("0.0.0.0", 0, has_key=True).close()


async def test_mounted_in_another_app_it_keeps_its_guards(worker: LlamaWorker, store: ModelStore) -> None:
    inner = create_app(worker, store=store, api_key=KEY)
    async with serving(Starlette(routes=[Mount("/llm", app=inner)])) as address:
        assert (await fetch(address, "GET", "/llm/health")).status == 200
        assert (await fetch(address, "GET", "/llm/v1/models")).status == 401
        headers = {"Authorization": f"Bearer {KEY}"}
        assert (await fetch(address, "POST", "/llm/v1/completions", ASK, headers)).status == 200
