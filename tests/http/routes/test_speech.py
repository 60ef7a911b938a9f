"""Transcriptions, as OpenAI's clients ask for them."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.config.named_model import NamedModel
from llama_worker.http import create_app
from llama_worker.options import PromptOptions
from llama_worker.worker.media.check import check_image, check_sound
from tests.http.server import Address, RawClient, Response, events, exchange, fetch, request, serving
from tests.projector_factory import png, wav

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/audio/transcriptions"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hearing(shared_worker: LlamaWorker, seeing_path: Path) -> Model:
    return await shared_worker.load_model(seeing_path, context_size=1024, sequences=2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(shared_worker: LlamaWorker, hearing: Model) -> AsyncIterator[Address]:
    models = {"hearing": str(hearing.path), "deaf": "builtin"}
    async with serving(create_app(shared_worker, models=models)) as address:
        yield address


def form(fields: dict[str, str], sound: bytes | None = None, boundary: str = "limit") -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; name="
    body = "".join(f'{head}"{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()).encode()
    if sound is not None:
        body += f'{head}"file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'.encode() + sound + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def posted(body: bytes, kind: str = "multipart/form-data; boundary=limit") -> bytes:
    return request("POST", PATH, body, {"Content-Type": kind})


async def ask(address: Address, sound: bytes | None = None, **fields: str) -> Response:
    return await exchange(address, posted(form({"model": "hearing"} | fields, sound)))


async def test_a_sound_becomes_text(address: Address, hearing: Model) -> None:
    here = await hearing.transcribe(wav(), max_tokens=8, language="en")
    answer = await ask(address, wav(), max_tokens="8", language="en", timestamp_granularities="word")
    assert answer.json()["text"] == here.text
    assert answer.json()["usage"]["input_tokens"] == here.usage.prompt_tokens
    plain = await ask(address, wav(), max_tokens="8", language="en", response_format="text")
    assert (plain.body.decode(), plain.headers["content-type"]) == (here.text, "text/plain; charset=utf-8")
    streamed = events((await ask(address, wav(), max_tokens="8", language="en", stream="true")).body)
    assert "".join(event["delta"] for event in streamed[:-1]) == streamed[-1]["text"] == here.text


async def test_what_the_server_says_holds_where_the_form_does_not(shared_worker: LlamaWorker, hearing: Model) -> None:
    named = NamedModel(model=str(hearing.path), prompt=PromptOptions(max_tokens=3))
    async with serving(create_app(shared_worker, models={"hearing": named})) as address:
        for said, tokens in (({}, 3), ({"max_tokens": "5"}, 5)):
            assert (await ask(address, wav(), **said)).json()["usage"]["output_tokens"] == tokens


async def test_who_leaves_ends_it(address: Address, hearing: Model) -> None:
    client = await RawClient.connect(address)
    await client.send(posted(form({"model": "hearing", "stream": "true"}, wav())))
    await client.until(b"transcript.text.delta")
    client.leave()
    while not hearing.runtime.queue.idle:
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("fields", "sound", "param"),
    [
        ({}, None, "file"),
        ({"response_format": "srt"}, b"", "response_format"),
        ({"temperature": "hot"}, b"", "temperature"),
        ({"max_tokens": "0"}, b"", "max_tokens"),
        ({}, b"nothing", "audio"),
        ({"language": "en\nfr"}, wav(), "language"),
    ],
)
async def test_what_is_wrong_is_named(
    address: Address, fields: dict[str, str], sound: bytes | None, param: str
) -> None:
    answer = await ask(address, sound, **fields)
    assert (answer.status, answer.json()["error"]["param"]) == (400, param), answer.body


async def test_a_model_that_cannot_hear_says_so(address: Address) -> None:
    error = (await ask(address, wav(), model="deaf")).json()["error"]
    assert error["code"] == "media_not_supported"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"{}", "multipart/form-data", 400),
        (b"no form at all", "multipart/form-data; boundary=limit", 400),
        (form({"model": "hearing"})[:-6], "multipart/form-data; boundary=limit", 400),
        (form({f"f{at}": "x" for at in range(40)}), "multipart/form-data; boundary=limit", 400),
        (form({"model": "x"}).replace(b"x", b"\xff"), "multipart/form-data; boundary=limit", 400),
        (b"--limit\r\n\r\nx\r\n--limit--\r\n", "multipart/form-data; boundary=limit", 400),
    ],
)
async def test_a_body_that_is_no_form_is_refused(address: Address, body: bytes, kind: str, status: int) -> None:
    answer = await exchange(address, posted(body, kind))
    assert answer.status == status, answer.body


async def test_a_page_of_another_origin_may_not_send_one(address: Address) -> None:
    head = {"Content-Type": "multipart/form-data; boundary=limit", "Origin": "https://elsewhere.example"}
    answer = await exchange(address, request("POST", PATH, form({}, wav()), head))
    assert answer.status == 403


async def test_others_need_not_wait_while_large_bodies_are_checked(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking: list[threading.Thread] = []

    def noted(check: Any) -> Any:
        def checked(*arguments: Any) -> Any:
            checking.append(threading.current_thread())
            return check(*arguments)

        return checked

    monkeypatch.setattr("llama_worker.worker.media.content.check_image", noted(check_image))
    monkeypatch.setattr("llama_worker.worker.media.values.check_sound", noted(check_sound))
    url = "data:image/png;base64," + base64.b64encode(png() + bytes(1 << 20)).decode()
    parts = [{"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "deaf", "messages": [{"role": "user", "content": parts}]}
    error = (await fetch(address, "POST", "/v1/chat/completions", body)).json()["error"]
    assert error["code"] == "media_not_supported"
    await ask(address, wav(), model="deaf")
    assert len(checking) == 2
    assert threading.current_thread() not in checking
