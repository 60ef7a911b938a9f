"""examples/fastapi: answers stream, and stop in the engine when nobody reads them any more."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from playwright.async_api import Page, expect

from tests.examples.apps.conftest import Shoot, idle
from tests.examples.load import load

app_module = load("fastapi", "app")
HELLO = {"messages": [{"role": "user", "content": "Hello!"}]}


@asynccontextmanager
async def serving(model: Path | str) -> AsyncIterator[tuple[Any, str]]:
    """The app with the server that its users have; gives it and its address."""
    app = app_module.create_app(str(model))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield app.state, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def loaded(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """The state of the model when it is there, or has failed."""
    while True:
        async with session.get(f"{url}/model") as answer:
            state: dict[str, Any] = await answer.json()
        if state["name"] or state["error"]:
            return state
        await asyncio.sleep(0.02)


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in answer.content:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


async def test_an_answer_streams() -> None:
    async with serving("builtin") as (_, url), aiohttp.ClientSession() as session:
        await loaded(session, url)
        async with session.post(f"{url}/chat", json=HELLO) as answer:
            assert answer.content_type == "text/event-stream"
            *texts, end = [event async for event in events(answer)]
    assert all(text["text"] for text in texts)
    assert end["finish_reason"] == "stop"
    assert len(texts) <= end["tokens"] + 1


async def test_a_client_that_leaves_stops_the_engine(slow_model_path: Path) -> None:
    async with serving(slow_model_path) as (state, url), aiohttp.ClientSession() as session:
        await loaded(session, url)
        async with session.post(f"{url}/chat", json=HELLO | {"max_tokens": 4000}) as answer:
            await anext(events(answer))
            assert b'"is_processing":true' in await state.chosen.model.runtime.request("/slots")
            answer.close()
        await idle(state.chosen.model)


async def test_a_bad_file_is_told_and_another_model_can_be_loaded(broken_path: Path) -> None:
    async with serving(broken_path) as (state, url), aiohttp.ClientSession() as session:
        assert (await loaded(session, url))["error"]["code"] == "invalid_model"
        async with session.post(f"{url}/chat", json=HELLO) as answer:
            assert [event["error"]["code"] async for event in events(answer)] == ["invalid_model"]
        async with session.put(f"{url}/model", json={"name": "builtin"}) as answer:
            assert await answer.json() == {"name": "builtin", "progress": 1.0, "error": None}
        async with session.put(f"{url}/model", json={"name": "/nowhere.gguf"}) as answer:
            assert answer.status == 422
            assert (await answer.json())["detail"]["code"] == "model_not_found"
        async with session.post(f"{url}/chat", json=HELLO | {"max_tokens": 5}) as answer:
            assert "finish_reason" in [event async for event in events(answer)][-1]
        async with session.post(f"{url}/chat", json={"messages": []}) as answer:
            assert answer.status == 422
        pid = state.chosen.model.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_the_page(page: Page, shoot: Shoot, slow_model_path: Path, broken_path: Path) -> None:
    """Somebody chats, tries a file that is no model, and stops a long answer."""
    async with serving("builtin") as (state, url):
        await page.goto(url)
        await expect(page.locator("#model")).to_have_value("builtin")
        for question in ("Hello!", "What is llama-worker?", "What is the capital of Portugal?"):
            await page.fill("#question", question)
            await page.press("#question", "Enter")
            await expect(page.locator("#send")).to_have_text("Send")
        assert "Lisbon" in await page.locator("#log p").last.inner_text()
        await shoot(page, "fastapi")
        await page.fill("#model", str(broken_path))
        await page.press("#model", "Enter")
        await expect(page.locator("#notice")).to_contain_text("not a usable GGUF model")
        await page.fill("#model", str(slow_model_path))
        await page.press("#model", "Enter")
        await expect(page.locator("#notice")).to_be_empty()
        await page.fill("#question", "Hello!")
        await page.press("#question", "Enter")
        await page.wait_for_function("document.querySelector('#log p:last-of-type').textContent.length > 5")
        await page.click("#send")
        await expect(page.locator("#log p.stopped")).to_have_count(1)
        await idle(state.chosen.model)
