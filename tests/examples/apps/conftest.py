"""What the tests of apps share: proof that an engine has stopped, a browser, a place for screenshots."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from llama_worker import Model
from tests.examples.environment import EXAMPLES

NEEDED = ("PySide6", "fastapi", "nbclient", "streamlit", "textual")
if not all(find_spec(name) for name in NEEDED):
    collect_ignore_glob = ["test_*.py"]

SHOW = os.environ.get("LLAMA_WORKER_SCREENSHOTS")
"""Set by `python -m tests.examples --screenshots`: the pictures in the examples' folders are made anew."""


async def idle(model: Model) -> None:
    """Return when the engine itself computes nothing."""
    async with asyncio.timeout(30):
        while b'"is_processing":true' in await model.runtime.request("/slots"):
            await asyncio.sleep(0.02)


def until(condition: Callable[[], object], step: Callable[[], object] = lambda: None, seconds: float = 60) -> None:
    """Go on when `condition` holds; `step` lets the app's own loop run meanwhile."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        step()
        time.sleep(0.01)


@pytest.fixture
def broken_path(tmp_path: Path) -> Path:
    """A model file whose second half is missing."""
    path = tmp_path / "broken.gguf"
    whole = (files("llama_worker") / "assets" / "builtin.gguf").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def picture(example: str, name: str = "screenshot.png") -> Path | None:
    """Where a picture of an example goes, when pictures are wanted."""
    return EXAMPLES / example / name if SHOW else None


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    """A page in Chromium; a script that fails fails the test."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium here: install one, or set CHROMIUM to its path")
    async with async_playwright() as playwright:
        arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        page = await browser.new_page(viewport={"width": 800, "height": 480}, locale="en-US")
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        await browser.close()
        assert faults == []


Shoot = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
def shoot() -> Shoot:
    """Take a picture of a page, when pictures are wanted."""

    async def take(page: Page, example: str) -> None:
        if path := picture(example):
            await page.screenshot(path=path)

    return take
