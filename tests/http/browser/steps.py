"""What a person does on the page."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect


async def choose(page: Page, model: str) -> None:
    """Open the picker and use a model, which loads it if need be."""
    await page.click("#model")
    item = page.locator("#model-list li", has_text=model)
    await item.get_by_role("button", name=re.compile("^(Load|Use):")).click()
    await expect(page.locator("#models")).not_to_be_visible()
    await expect(page.locator("#model-name")).to_have_text(model)


async def say(page: Page, text: str) -> None:
    await page.fill("#prompt", text)
    await page.press("#prompt", "Enter")


async def answered(page: Page, count: int = 1) -> str:
    """Wait until the `count`-th answer is complete; gives its text."""
    answers = page.locator("article.assistant")
    await expect(answers).to_have_count(count)
    await expect(page.locator("#send")).to_be_visible()
    return await answers.last.locator(".text").inner_text()


async def growing(page: Page, longer_than: int = 20) -> None:
    """Wait until an answer has begun to come."""
    await page.wait_for_function(
        "n => (document.querySelector('article.assistant:last-of-type .text')?.textContent.length ?? 0) > n",
        arg=longer_than,
    )
