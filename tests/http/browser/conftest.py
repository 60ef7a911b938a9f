"""A real browser: Debian's Chromium, driven by Playwright; without one these tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, serving

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium here: install one, or set CHROMIUM to its path")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def address(
    worker: LlamaWorker, store: ModelStore, tmp_path: Path, slow_model_path: Path
) -> AsyncIterator[Address]:
    """The built-in model to load, and a slow one that is there already."""
    await worker.load_model(slow_model_path, sequences=2, batch_size=32, context_size=2048)
    names = {"builtin": "builtin", "slow": str(slow_model_path)}
    async with serving(create_app(worker, store=store, models=names, data=tmp_path / "chats.db")) as address:
        yield address


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1200, "height": 800}, locale="en-US")
    context.set_default_timeout(60_000)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext, address: Address) -> AsyncIterator[Page]:
    """The page, opened; a script that fails fails the test."""
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    await page.goto(address.url)
    yield page
    assert faults == []
