"""Somebody who watches a model think, and has seen enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.gguf_factory import write_gguf
from tests.http.browser.steps import choose, growing, say
from tests.http.server import serving
from tests.worker.generation.test_reasoning import ALWAYS

pytestmark = pytest.mark.browser


async def test_answer_now_ends_the_thinking(
    browser: Browser, worker: LlamaWorker, store: ModelStore, tmp_path: Path
) -> None:
    path = tmp_path / "brooder.gguf"
    shape = {"embedding_length": 256, "block_count": 8, "feed_forward_length": 1024, "context_length": 32768}
    write_gguf(path, **shape, plain_text=True, endless=True, chat_template=ALWAYS, words=["<think>", "</think>"])  # type: ignore[arg-type]
    app = create_app(worker, store=store, models={"brooder": str(path)})
    async with serving(app) as address:
        page = await browser.new_page(locale="en-US")
        await page.goto(address.url)
        await expect(page.locator("#answer-now")).to_be_hidden()
        await choose(page, "brooder")
        await say(page, "Why?")
        await expect(page.locator("#status")).to_have_text("Thinking…")
        await page.locator("article.assistant details").wait_for()
        await page.click("#answer-now")
        await growing(page, 5)
        await expect(page.locator("#answer-now")).to_be_hidden()
        await page.click("#stop")
        await expect(page.locator("#send")).to_be_visible()
