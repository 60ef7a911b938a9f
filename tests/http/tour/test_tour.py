"""No request, however wrong, is answered with a fault of ours, or not at all, or has a traceback in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from llama_worker.options.server import ServerOptions
from llama_worker.testing import FakeModel
from llama_worker.testing.installing import FakeModels, fake_models
from tests.http.server import Address, RawClient, exchange, request, serving
from tests.http.tour import bodies, routes, wire
from tests.http.tour.faults import fault_of

pytestmark = [pytest.mark.timeout(100)]
SECONDS = 20.0
TEXT = {"Content-Type": "text/plain"}
SOUND = {200, 400, 404, 413, 422}


class Tour:
    """A server of fake models, and what was wrong with its answers."""

    def __init__(self, app: Starlette, address: Address, models: FakeModels) -> None:
        self.app = app
        self.address = address
        self.models = models
        self.faults: list[str] = []

    @property
    def asked(self) -> int:
        """How often a model was."""
        return sum(len(model.requests) for model in self.models.models.values())

    async def send(self, what: str, method: str, path: str, data: bytes, statuses: set[int] | None = None) -> None:
        """Send the bytes of a request and judge the answer."""
        try:
            async with asyncio.timeout(SECONDS):
                answer = await exchange(self.address, data)
        except (TimeoutError, ConnectionError, ValueError, IndexError) as error:
            self.faults.append(f"{method} {path[:80]}, {what}: {type(error).__name__} {error}")
            return
        if fault := fault_of(method, path, answer, statuses):
            self.faults.append(f"{method} {path[:80]}, {what}: {fault}")

    async def post(
        self, what: str, path: str, body: bytes, statuses: set[int] | None = None, method: str = "POST"
    ) -> None:
        await self.send(what, method, path, request(method, path, body), statuses)


@asynccontextmanager
async def touring(tmp_path: Path) -> AsyncIterator[Tour]:
    with fake_models({"*": FakeModel(modalities=("image", "audio"))}) as models:
        async with LlamaWorker() as worker:
            store = ModelStore(tmp_path / "hub", tmp_path / "plain")
            app = create_app(worker, store=store, models={"seeing": "seeing.gguf", "ranker": "ranker.gguf"})
            async with serving(app, ServerOptions()) as address:
                yield Tour(app, address, models)


@pytest.fixture
async def tour(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Tour]:
    caplog.set_level(logging.INFO)
    async with touring(tmp_path) as made:
        yield made
    loud = [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert not [record.getMessage() for record in loud]
    assert not made.faults, "\n".join(made.faults)


@pytest.mark.slow
async def test_every_method_at_every_path(tour: Tour) -> None:
    paths = {path for _, path in routes.served(tour.app)} | {
        "/nothing",
        "/v1",
        "/v1/",
        "//",
        "/api",
        "/page/",
        "/ws",
        "*",
    }
    for path in sorted(paths):
        for method in routes.METHODS:
            await tour.send("nothing", method, path, request(method, path))


@pytest.mark.slow
async def test_ids_that_nobody_has(tour: Tour) -> None:
    for method, path in routes.named(tour.app):
        if method in ("GET", "DELETE", "HEAD"):
            await tour.send("an id", method, path, request(method, path), {200, 204, 400, 404, 405})


@pytest.mark.slow
async def test_no_body_that_is_none_is_answered(tour: Tour) -> None:
    for method, path in routes.posted(tour.app):
        for name, body in bodies.NO_OBJECT.items():
            await tour.post(name, path, body, {400}, method)
    assert not tour.asked


@pytest.mark.slow
async def test_no_other_kind_of_body_is_answered(tour: Tour) -> None:
    for method, path in routes.posted(tour.app):
        for name, kind in bodies.TYPES.items():
            form = path.startswith("/api/") and name == "none"
            headers = {"Content-Type": kind}
            await tour.send(name, method, path, request(method, path, b"{}", headers), {400} if form else {415, 400})
        for name in ("gzip", "br", "deflate, gzip", "nothing-we-know"):
            data = request(method, path, b"{}", {"Content-Encoding": name})
            await tour.send(f"encoded by {name}", method, path, data, {415})
    assert not tour.asked


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_strange_values_in_every_field(tour: Tour) -> None:
    for path, body in routes.bodies().items():
        await tour.post("as it should be", path, bodies.twice(body), SOUND)
        for name, data in bodies.strange(body):
            await tour.post(name, path, data, SOUND)


@pytest.mark.slow
async def test_forms(tour: Tour) -> None:
    for path in sorted(routes.FORMS):
        for name, data in bodies.NO_FORM.items():
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            await tour.send(name, "POST", path, request("POST", path, data, headers), {400})
    assert not tour.asked


async def test_what_is_no_request(tour: Tour) -> None:
    for name, (data, statuses) in wire.REQUESTS.items():
        await tour.send(name, "POST", "/tokenize", data, statuses)
    assert not tour.asked


async def test_a_refusal_is_read_though_more_was_sent(tour: Tour) -> None:
    """Wherever it is refused: by its path, its method, its host, its kind."""
    body = b"x" * 900_000
    for path, headers in (
        ("/nothing", {}),
        ("/metrics", {}),
        ("/tokenize", {"Host": "evil.example"}),
        ("/tokenize", TEXT),
    ):
        for _ in range(5):
            data = request("POST", path, body, headers)
            await tour.send(f"much of it, {headers}", "POST", path, data, {403, 404, 405, 415, 421, 400})


async def test_requests_in_one_piece_are_answered_in_their_order(tour: Tour) -> None:
    """The second is not lost, whatever became of the first."""
    for first in (b"{}", b'{"content": "a"}', b"{", b"[" * 100_000):
        head = request("POST", "/tokenize", first).replace(b"Connection: close\r\n", b"")
        client = await RawClient.connect(tour.address)
        await client.send(head + request("GET", "/health"))
        answers = (await client.reader.read()).split(b"HTTP/1.1 ")
        assert [answer[:3] in (b"200", b"400", b"503") for answer in answers[1:]] == [True, True]
        assert answers[1][:3] == (b"200" if b"content" in first else b"400")
        client.leave()


@pytest.mark.slow
async def test_requests_that_end_early_are_nobodys(tour: Tour) -> None:
    whole = request("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello!"}]})
    for length in range(1, len(whole) - 1, 7):
        client = await RawClient.connect(tour.address)
        await client.send(whole[:length])
        client.leave()
    await tour.send("after them", "GET", "/health", request("GET", "/health"), {200})
    assert not tour.asked
