"""Tools of the server's MCP servers on the page: a person says whether one may be called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from llama_worker import LlamaWorker
from tests.http.browser.steps import answered, choose, say

pytestmark = pytest.mark.browser
FAKE = Path(__file__).parents[2] / "fakes" / "mcp_server.py"
QUESTION = "What is the weather in Paris?"


@pytest.fixture
async def ready(worker: LlamaWorker, page: Page) -> Page:
    """A page whose server has an MCP server; answers are the likeliest ones."""
    await worker.initialize(mcp_servers={"weather": {"command": sys.executable, "args": ["-S", str(FAKE)]}})
    await choose(page, "builtin")
    await page.click("#options-open")
    await expect(page.locator("#mcp-servers")).to_contain_text("weather get_weather")
    await picture(page, "options")
    await page.fill("#option-temperature", "0")
    await page.get_by_role("button", name="Done").click()
    return page


async def asked(page: Page) -> Locator:
    await say(page, QUESTION)
    card = page.locator(".approval")
    await expect(card).to_contain_text("The model wants to call get_weather (server: weather)")
    await expect(card.locator("pre")).to_contain_text('"city": "Paris"')
    return card


async def result(page: Page, count: int = 1) -> str:
    await answered(page, count)
    await expect(page.locator(".approval")).to_have_count(0)
    return await page.locator("article.assistant").last.locator("details pre").text_content() or ""


async def test_a_call_is_made_when_somebody_has_said_yes(ready: Page) -> None:
    card = await asked(ready)
    await picture(ready, "approval")
    await card.get_by_role("button", name="Allow", exact=True).click()
    assert "sunny in Paris" in await result(ready)
    await picture(ready, "answered")


async def test_keys_refuse_and_allow_for_good(ready: Page) -> None:
    card = await asked(ready)
    await expect(card).to_be_focused()
    await ready.keyboard.press("n")
    assert "the user refused this call" in await result(ready)
    await asked(ready)
    await ready.keyboard.press("a")
    assert "sunny in Paris" in await result(ready, 2)
    await say(ready, QUESTION)
    assert "sunny in Paris" in await result(ready, 3)  # without asking


async def test_a_question_outlives_a_reload_and_ends_with_a_stop(ready: Page) -> None:
    await asked(ready)
    await ready.reload()
    card = ready.locator(".approval")
    await expect(card).to_have_count(1)
    await card.get_by_role("button", name="Allow", exact=True).click()
    assert "sunny in Paris" in await result(ready)
    await asked(ready)
    await ready.click("#stop")
    await expect(ready.locator(".approval")).to_have_count(0)


async def test_servers_that_are_not_chosen_are_not_offered(ready: Page) -> None:
    await ready.click("#options-open")
    await ready.locator("#mcp-servers").get_by_role("checkbox").uncheck()
    await ready.get_by_role("button", name="Done").click()
    await say(ready, QUESTION)
    await answered(ready)
    assert await ready.locator("article.assistant details").count() == 0


async def picture(page: Page, name: str) -> None:
    """For whoever wants to see it: in the folder of LLAMA_WORKER_PICTURES."""
    if folder := os.environ.get("LLAMA_WORKER_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")
