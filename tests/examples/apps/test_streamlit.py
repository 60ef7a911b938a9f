"""examples/streamlit: as Streamlit's own AppTest sees it, and in a browser."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
import streamlit as st
from playwright.async_api import Page, expect
from streamlit.testing.v1 import AppTest

from tests.examples.apps.conftest import Shoot
from tests.examples.environment import EXAMPLES

APP = EXAMPLES / "streamlit" / "app.py"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(sys, "argv", [str(APP)])
    return AppTest.from_file(str(APP), default_timeout=60)


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    yield
    st.cache_resource.clear()
    assert not [one for one in psutil.Process().children() if "llama_worker" in " ".join(one.cmdline())]


def said(app: AppTest) -> list[tuple[str, str]]:
    return [(message.name, message.markdown[0].value) for message in app.chat_message]


def test_a_conversation(app: AppTest) -> None:
    app.run()
    app.chat_input[0].set_value("What is the capital of Portugal?").run()
    app.chat_input[0].set_value("Hello!").run()
    assert not app.exception
    assert [role for role, _ in said(app)] == ["user", "assistant"] * 2
    assert "Lisbon" in said(app)[1][1]
    app.button[0].click().run()
    assert said(app) == []


def test_a_bad_file_is_told_and_another_model_can_be_chosen(app: AppTest, broken_path: Path) -> None:
    app.run()
    app.text_input[0].set_value(str(broken_path)).run()
    assert not app.exception
    assert "invalid_model" in app.error[0].value
    app.text_input[0].set_value("builtin").run()
    assert not app.error
    app.chat_input[0].set_value("Hello!").run()
    assert [role for role, _ in said(app)] == ["user", "assistant"]


@asynccontextmanager
async def serving(model: str) -> AsyncIterator[tuple[psutil.Process, str]]:
    """The app as `streamlit run` has it; gives the process and its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    quiet = ["--server.headless=true", "--browser.gatherUsageStats=false", "--client.toolbarMode=minimal"]
    options = [f"--server.port={port}", *quiet]
    command = ["-m", "streamlit", "run", str(APP), *options, "--", model]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.DEVNULL)
    try:
        while True:
            try:
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}"
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        assert await process.wait() in (0, -15)
        _, left = await asyncio.to_thread(psutil.wait_procs, children, 30)
        assert left == []


async def test_in_a_browser(page: Page, shoot: Shoot) -> None:
    async with serving("builtin") as (_, url):
        await page.set_viewport_size({"width": 900, "height": 600})
        await page.goto(url)
        for number, question in enumerate(("Hello!", "What is llama-worker?"), start=1):
            await page.get_by_placeholder("Ask something").fill(question)
            await page.keyboard.press("Enter")
            await expect(page.get_by_test_id("stChatMessage")).to_have_count(2 * number)
            await expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        assert "own supervised process" in await page.get_by_test_id("stChatMessage").last.inner_text()
        await shoot(page, "streamlit")


async def test_stop_stops_the_engine(page: Page, slow_model_path: Path) -> None:
    async with serving(str(slow_model_path)) as (server, url):
        await page.goto(url)
        await page.get_by_role("slider").press("End")  # 2048 tokens: it would go on for long
        await page.get_by_placeholder("Ask something").fill("Hello!")
        await page.keyboard.press("Enter")
        answer = page.get_by_test_id("stChatMessage").last
        await expect(answer).to_have_text(re.compile(".{5}"))
        await page.get_by_role("button", name=re.compile("stop", re.IGNORECASE)).last.click()
        await expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        engine = next(one for one in server.children(recursive=True) if one.num_threads() > 1)
        shares = [await share_of_a_core(engine) for _ in range(4)]
        assert min(shares) < 0.1


async def share_of_a_core(process: psutil.Process) -> float:
    """What a process takes, over a quarter of a second."""
    before = process.cpu_times()
    await asyncio.sleep(0.25)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / 0.25
