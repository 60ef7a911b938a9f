"""examples/electron, without Electron, whose program is not on npm: its types, its page in Chromium, its hook."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from tests.examples.apps.conftest import Shoot
from tests.examples.environment import EXAMPLES, ROOT

APP = EXAMPLES / "electron"
PRELOAD = """\
const { port1, port2 } = new MessageChannel();
port1.onmessage = ({ data }) => window.toWorker(JSON.stringify(data));
window.fromWorker = (message) => port1.postMessage(message);
window.electron = { chooseModel: () => window.chosenModel };
addEventListener("load", () => window.postMessage("llama-port", "*", [port2]));
"""


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
async def test_it_fits_the_types_of_electron() -> None:
    """The main process and the preload, as TypeScript reads them."""
    npm = await asyncio.create_subprocess_exec("npm", "run", "check", cwd=APP, stdout=asyncio.subprocess.PIPE)
    output, _ = await npm.communicate()
    assert npm.returncode == 0, output.decode()


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
async def test_its_own_tests() -> None:
    """The messages from the page to the worker and back, and the React hook."""
    tests = sorted(path.name for path in APP.glob("*.test.mjs"))
    environment = os.environ | {"LLAMA_WORKER_COMMAND": json.dumps([sys.executable, "-m", "llama_worker"])}
    pipe = asyncio.subprocess.PIPE
    node = await asyncio.create_subprocess_exec("node", "--test", *tests, cwd=APP, env=environment, stdout=pipe)
    output, _ = await node.communicate()
    assert node.returncode == 0, output.decode()
    assert "# pass 3" in output.decode()


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    """The files as they are; Electron reads them from the disk."""
    app = web.Application()
    app.router.add_static("/", ROOT, follow_symlinks=True)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/examples/electron/index.html"
    await runner.cleanup()


@asynccontextmanager
async def worker_behind(page: Page, folder: Path) -> AsyncIterator[list[Any]]:
    """`llama-worker stdio` at the other end of the page's port; gives what it said."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llama_worker", "stdio"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
        cwd=folder,
    )
    hears, speaks = worker.stdin, worker.stdout
    assert hears is not None
    assert speaks is not None
    said: list[Any] = []

    async def relay(lines: asyncio.StreamReader) -> None:
        async for line in lines:
            said.append(json.loads(line))
            await page.evaluate("message => window.fromWorker(message)", said[-1])

    await page.expose_function("toWorker", lambda message: hears.write(message.encode() + b"\n"))
    await page.add_init_script(PRELOAD)
    relaying = asyncio.create_task(relay(speaks))
    try:
        yield said
    finally:
        hears.close()
        relaying.cancel()
        worker.kill()  # it would finish what it was asked
        await worker.wait()


async def ask(page: Page, question: str) -> None:
    await page.fill("#question", question)
    await page.press("#question", "Enter")


async def test_the_page(page: Page, address: str, shoot: Shoot, broken_path: Path) -> None:
    """A chat, a file that is no model, and the chat goes on."""
    async with worker_behind(page, broken_path.parent):
        await page.goto(f"{address}?model=builtin")
        await expect(page.locator("#model")).to_have_text("builtin.gguf")
        await ask(page, "What is llama-worker?")
        await expect(page.locator("#log")).to_contain_text("own supervised process")
        await page.evaluate("path => (window.chosenModel = path)", broken_path.name)
        await page.click("#choose")
        await expect(page.locator("#log p.error")).to_contain_text("(invalid_model)")
        await ask(page, "What is the capital of Portugal?")
        await expect(page.locator("#log")).to_contain_text("Lisbon")
        await expect(page.locator("#send")).to_have_text("Send")
        await shoot(page, "electron")


async def test_stop_stops(page: Page, address: str, slow_model_path: Path) -> None:
    async with worker_behind(page, slow_model_path.parent) as said:
        await page.goto(f"{address}?model={slow_model_path}")
        await ask_when_loaded(page)
        await expect(page.locator("#log p.assistant")).to_have_text(re.compile(".{5}"))
        await page.click("#send")
        await expect(page.locator("#log p.stopped")).to_have_count(1)
        assert [one["finishReason"] for one in said if one["type"] == "completion_done"] == ["abort"]
        await ask(page, "And now?")
        await expect(page.locator("#log p.user")).to_have_count(2)
        await page.click("#send")
        await expect(page.locator("#log p.stopped")).to_have_count(2)


async def ask_when_loaded(page: Page) -> None:
    await expect(page.locator("#send")).to_be_enabled()
    await ask(page, "Hello!")


async def test_without_any_model(page: Page, address: str, broken_path: Path) -> None:
    async with worker_behind(page, broken_path.parent):
        await page.goto(f"{address}?model={broken_path.name}")
        await expect(page.locator("#log p.error")).to_contain_text("(invalid_model)")
        await expect(page.locator("#model")).to_have_text("No model: open one")
        await expect(page.locator("#send")).to_be_disabled()
