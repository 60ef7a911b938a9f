"""What the page must never do, and who must be able to use it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.http.browser.steps import answered, choose, say
from tests.http.clients.environment import JAVASCRIPT
from tests.http.server import Address

pytestmark = pytest.mark.browser
AXE = JAVASCRIPT / "node_modules" / "axe-core" / "axe.min.js"

HOSTILE = """<img src=x onerror="window.broken=1"> <script>window.broken=1</script>

[link](javascript:window.broken=1) [data](data:text/html,<script>1</script>) **<b>bold</b>**

```html
<svg onload="window.broken=1"></svg>
```

| <i>a</i> | b |
|---|---|
| <style>*{display:none}</style> | `<u>` |
"""
RICH = """# Title

A *small* **story** with `code`, ~~an error~~ and [a link](https://example.org/a_(b)).

- one
- two
  - nested

1. first
2. second

> quoted

```python
def add(a: int, b: int) -> int:
    return a + b  # a comment
```

| Name | Legs |
|------|------|
| llama | 4 |
"""


async def show(page: Page, address: Address, text: str) -> None:
    """Open a conversation whose answer is `text`."""
    body = {"title": "shown", "messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": text}]}
    answer = await page.request.put(f"{address.url}/conversations/shown", data=body)
    assert answer.ok
    await page.reload()
    await page.locator("#conversations .open", has_text="shown").click()
    await expect(page.locator("article.assistant")).to_have_count(1)


async def test_t40_what_a_model_writes_is_never_markup(page: Page, address: Address) -> None:
    await show(page, address, HOSTILE)
    text = page.locator("article.assistant .text")
    assert await text.locator("img, script, svg, style, b, i, u").count() == 0
    hrefs = await text.locator("a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(hrefs) <= {"http:", "https:", "mailto:"}
    assert await page.evaluate("window.broken") is None
    assert "onerror" in await text.inner_text()


async def test_markdown_becomes_what_it_means(page: Page, address: Address) -> None:
    await show(page, address, RICH)
    text = page.locator("article.assistant .text")
    for selector, count in {
        "h3": 1,
        "em": 1,
        "strong": 1,
        "s": 1,
        "ul": 2,
        "ol": 1,
        "blockquote": 1,
        "table": 1,
    }.items():
        assert await text.locator(selector).count() == count, selector
    assert await text.locator("pre .k").all_inner_texts() == ["def", "return"]
    assert await text.locator("pre .c").inner_text() == "# a comment"
    assert await text.locator("a").get_attribute("href") == "https://example.org/a_(b)"


async def test_growing_text_ends_in_the_same_nodes_as_whole_text(page: Page, address: Address) -> None:
    script = """async text => {
        const { showMarkdown } = await import("/page/markdown.js");
        const [grown, whole] = [document.createElement("div"), document.createElement("div")];
        for (let end = 1; end <= text.length; end++) showMarkdown(grown, text.slice(0, end));
        showMarkdown(whole, text);
        return [grown.innerHTML, whole.innerHTML];
    }"""
    grown, whole = await page.evaluate(script, RICH + HOSTILE)
    assert grown == whole


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_serious_fault(page: Page, address: Address, scheme: Any) -> None:
    if not AXE.is_file():
        pytest.skip("run `python -m tests.http.clients` to install axe-core")
    await page.emulate_media(color_scheme=scheme)
    await show(page, address, RICH)
    await check(page)
    for opener, dialog in (("#model", "#models"), ("#options-open", "#options")):
        await page.click(opener)
        await check(page)
        await page.locator(f"{dialog} .close").click()
    await page.set_viewport_size({"width": 390, "height": 800})
    await check(page)
    await page.click("#menu")
    await check(page)


async def check(page: Page) -> None:
    await page.evaluate(AXE.read_text() + ";null")
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [fault for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
    assert serious == [], json.dumps([(fault["id"], fault["nodes"][0]["html"]) for fault in serious])


async def test_the_keyboard_is_enough(page: Page) -> None:
    await choose(page, "builtin")
    await page.locator("#prompt").focus()
    await page.keyboard.type("Hello!")
    await page.keyboard.press("Enter")
    await answered(page)
    await page.locator("#model").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#models")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#model")).to_be_focused()
    await page.get_by_role("button", name="More about Hello!").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="Export as Markdown")).to_be_focused()
    await page.keyboard.press("Escape")


async def test_on_a_phone_nothing_is_cut_off(browser: Browser, address: Address) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = await context.new_page()
    await page.goto(address.url)
    await expect(page.locator("#model-name")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut_off = (
        "[...document.querySelectorAll('main *')].filter(node => node.getBoundingClientRect().right > innerWidth + 1)"
    )
    assert await page.evaluate(f"{cut_off}.length") == 0
    await page.locator("#menu").tap()
    await expect(page.locator("#new")).to_be_visible()
    await page.locator("#shade").tap(position={"x": 350, "y": 300})
    await expect(page.locator("#side")).not_to_be_visible()
    await choose(page, "builtin")
    await say(page, "Hello!")
    await answered(page)
    await context.close()


async def test_a_browser_in_portuguese_gets_portuguese(browser: Browser, address: Address) -> None:
    context = await browser.new_context(locale="pt-BR")
    page = await context.new_page()
    await page.goto(address.url)
    await expect(page.locator("#new")).to_have_text("Nova conversa")
    await context.close()


async def test_tools_are_called_and_shown_folded(page: Page) -> None:
    await choose(page, "builtin")
    await page.click("#options-open")
    await page.check("#use-tools")
    await page.get_by_role("button", name="Done").click()
    await say(page, "What time is it?")
    await answered(page)
    details = page.locator("article.assistant details")
    if await details.count():  # the model decides
        assert not await details.first.evaluate("node => node.open")


async def test_every_word_is_in_both_languages(page: Page) -> None:
    source = (Path(__file__).parents[3] / "src/llama_worker/http/page/words.js").read_text()
    english, portuguese = source.split("const PT =")
    keys = [set(re.findall(r"(\w+): \"", part)) for part in (english, portuguese)]
    assert keys[0] == keys[1]
