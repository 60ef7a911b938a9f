"""What people do on the page, in a real browser, with real engines."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.browser.steps import answered, choose, growing, say
from tests.http.server import serving
from tests.http.test_cancel import eventually
from tests.models.download.hub_server import HubServer, running_hub
from tests.models.raw_gguf import UNIT

pytestmark = pytest.mark.browser


async def free(worker: LlamaWorker) -> bool:
    return all(model.runtime.queue.free == model.sequences for model in worker.models)


async def test_load_chat_and_come_back(page: Page, worker: LlamaWorker) -> None:
    await choose(page, "builtin")
    await say(page, "Hello!")
    first = await answered(page)
    assert first
    await say(page, "What is the capital of France?")
    second = await answered(page, 2)
    assert second
    await expect(page.locator("#conversations .open")).to_have_text(["Hello!"])
    assert re.fullmatch(r"[\d.,]+", await page.inner_text("[data-chart=speed] b"))
    await page.reload()
    await expect(page.locator("article")).to_have_count(4)
    assert await page.locator("article.assistant .text").nth(1).inner_text() == second


async def test_stop_keeps_what_came_and_ends_the_work(page: Page, worker: LlamaWorker) -> None:
    await choose(page, "slow")
    await say(page, "Talk.")
    await growing(page)
    await page.click("#stop")
    assert len(await answered(page)) > 20
    await expect(page.locator("#status")).to_have_text("Stopped.")
    await eventually(lambda: free(worker))


async def test_escape_stops_and_pause_resumes(page: Page, worker: LlamaWorker) -> None:
    await choose(page, "slow")
    await say(page, "Talk.")
    await growing(page)
    await page.click("#pause")
    await expect(page.locator("#status")).to_have_text("Paused.")
    await eventually(lambda: free(worker))
    length = len(await page.inner_text("article.assistant .text"))
    await page.click("#pause")
    await growing(page, length + 20)
    await page.press("body", "Escape")
    await answered(page)


async def test_a_reload_in_the_middle_goes_on_with_the_stream(page: Page, worker: LlamaWorker) -> None:
    await choose(page, "slow")
    await say(page, "Talk.")
    await growing(page)
    before = await page.inner_text("article.assistant .text")
    await page.reload()
    await growing(page, len(before) + 40)
    after = await page.inner_text("article.assistant .text")
    assert after[:20] == before[:20]
    assert not await free(worker)
    await page.click("#stop")
    await answered(page)
    await eventually(lambda: free(worker))


async def test_a_crash_of_the_engine_is_shown_and_recovered_from(page: Page, worker: LlamaWorker) -> None:
    await choose(page, "slow")
    await say(page, "Talk.")
    await growing(page)
    pid = worker.find_model("slow").pid
    assert pid is not None
    os.kill(pid, signal.SIGSEGV)
    await expect(page.locator("#notice")).to_contain_text("SIGSEGV")
    await say(page, "Again.")
    await expect(page.locator("#notice")).not_to_be_visible()
    await expect(page.locator("article.assistant")).to_have_count(2)
    await growing(page)
    await page.click("#stop")
    assert worker.find_model("slow").pid not in (None, pid)


async def test_edit_and_regenerate(page: Page) -> None:
    await choose(page, "builtin")
    await say(page, "Hello!")
    await answered(page)
    await page.locator("article.user").get_by_role("button", name="Edit").click()
    await page.fill("article.user textarea", "What is two plus two?")
    await page.click("article.user button[type=submit]")
    await answered(page)
    await expect(page.locator("article.user .body")).to_have_text("What is two plus two?")
    await page.locator("article.assistant").get_by_role("button", name="Regenerate").click()
    await answered(page)
    await expect(page.locator("article")).to_have_count(2)


async def test_conversations_are_renamed_searched_exported_and_deleted(page: Page) -> None:
    await choose(page, "builtin")
    for text in ("Hello!", "Who are you?"):
        await page.click("#new")
        await say(page, text)
        await answered(page)
    await page.get_by_role("button", name="More about Hello!").click()
    await page.get_by_role("menuitem", name="Rename").click()
    await page.fill("#ask-text", "Greetings")
    await page.press("#ask-text", "Enter")
    await expect(page.locator("#conversations .open")).to_contain_text(["Greetings"])
    await page.fill("#search", "greet")
    await expect(page.locator("#conversations .open")).to_have_text(["Greetings"])
    await page.get_by_role("button", name="More about Greetings").click()
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name="Export as Markdown").click()
    assert (await download.value).suggested_filename == "Greetings.md"
    await page.get_by_role("button", name="More about Greetings").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.click("#ask-yes")
    await expect(page.locator("#conversations .open")).to_have_count(0)


async def test_options_reach_the_model(page: Page) -> None:
    await choose(page, "slow")
    await page.click("#options-open")
    await page.fill("#option-maxTokens", "5")
    await page.fill("#option-temperature", "0.33")
    assert await page.locator("#option-temperature").evaluate("input => input.checkValidity()")
    await page.get_by_role("button", name="Done").click()
    await say(page, "Talk.")
    await answered(page)
    await expect(page.locator("#status")).to_have_text("The answer reached its length limit.")


async def test_unload_frees_the_model(page: Page, worker: LlamaWorker) -> None:
    await page.click("#model")
    await page.get_by_role("button", name="Unload: slow").click()
    await expect(page.locator("#model-list li", has_text="slow")).to_contain_text("not loaded")
    assert not worker.models


async def test_the_page_speaks_portuguese_to_who_does(page: Page) -> None:
    await page.select_option("#language", "pt")
    await expect(page.locator("#new")).to_have_text("Nova conversa")
    await expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    await page.reload()
    await expect(page.locator("#prompt")).to_have_attribute("placeholder", "Mensagem")


SOCKETS = """const Real = WebSocket; window.sockets = [];
window.WebSocket = class extends Real { constructor(address) { super(address); window.sockets.push(this); } };"""


async def test_a_connection_that_breaks_comes_back_without_a_gap(page: Page) -> None:
    await page.add_init_script(SOCKETS)
    await page.reload()
    await choose(page, "slow")
    await say(page, "Talk.")
    await growing(page)
    await page.evaluate("window.sockets.at(-1).close()")
    length = len(await page.inner_text("article.assistant .text"))
    await growing(page, length + 40)
    assert await page.evaluate("window.sockets.length") == 2
    await page.click("#stop")
    await answered(page)


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[HubServer]:
    """Comes before the worker, which looks at the environment once."""
    async with running_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
        yield server


async def test_pull_stop_and_resume(hub: HubServer, page: Page) -> None:
    hub.add("org/repo", "tiny-Q4_K_M.gguf", b"GGUF" + bytes(64 * UNIT))
    hub.faults.bytes_per_second = 2 * UNIT
    await page.click("#model")
    await page.fill("#pull-name", "hf:org/repo")
    await page.press("#pull-name", "Enter")
    item = page.locator("#pulls li")
    await expect(item).to_contain_text("/s")
    await item.get_by_role("button", name="Cancel").click()
    await expect(item.get_by_role("button", name="Resume")).to_be_visible()
    hub.faults.bytes_per_second = None
    await item.get_by_role("button", name="Resume").click()
    await expect(page.locator("#pulls li").last).to_contain_text("is here", timeout=60_000)


async def test_the_key_is_asked_for_once(worker: LlamaWorker, browser: Browser, store: ModelStore) -> None:
    async with serving(create_app(worker, store=store, api_key="sesame")) as address:
        page = await browser.new_page(locale="en-US")
        await page.goto(address.url)
        await page.fill("#ask-text", "wrong")
        await page.press("#ask-text", "Enter")
        await expect(page.locator("#notice")).to_have_text("That is not the API key.")
        await page.fill("#ask-text", "sesame")
        await page.press("#ask-text", "Enter")
        await expect(page.locator("#model-name")).to_have_text("builtin")
        await page.reload()
        await expect(page.locator("#model-name")).to_have_text("builtin")
        await page.close()
