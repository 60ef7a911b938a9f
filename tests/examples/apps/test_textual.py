"""examples/textual: driven by Textual's Pilot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from textual.pilot import Pilot
from textual.widgets import Input, Markdown

from tests.examples.apps.conftest import idle, picture
from tests.examples.load import load

ChatApp = load("textual", "app").ChatApp
SIZE = (76, 16)


async def ready(pilot: Pilot[None]) -> None:
    while pilot.app.query_one("#question", Input).disabled:
        await pilot.pause(0.01)


async def enter(pilot: Pilot[None], text: str) -> None:
    pilot.app.query_one("#question", Input).value = text
    await pilot.press("enter")


def lines(app: Any) -> list[tuple[str, str]]:
    return [(next(iter(line.classes)), line.source) for line in app.query(Markdown)]


async def test_a_conversation(page: Page) -> None:
    app = ChatApp()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert app.sub_title == "builtin"
        for question in ("What is llama-worker?", "What is the capital of Portugal?"):
            await enter(pilot, question)
            await ready(pilot)
        assert [kind for kind, _ in lines(app)] == ["user", "assistant"] * 2
        assert "Lisbon" in lines(app)[3][1]
        if path := picture("textual"):
            await pilot.pause()
            await page.set_content(app.export_screenshot(title="python app.py"))
            await page.locator("svg").screenshot(path=path)
        await pilot.press("ctrl+n")
        assert lines(app) == []
    assert app.worker.closed


async def test_escape_stops_the_engine(slow_model_path: Path) -> None:
    app = ChatApp(str(slow_model_path))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await enter(pilot, "Hello!")
        while len(lines(app)) < 2 or not lines(app)[1][1]:
            await pilot.pause(0.01)
        assert app.answer.state == "running"
        await pilot.press("escape")
        await ready(pilot)
        await idle(app.session.model)
        assert app.answer.state == "aborted"
        assert "(stopped)" in lines(app)[-1][1]
        await enter(pilot, "And now?")
        while app.answer.state != "running":
            await pilot.pause(0.01)
        pid = app.session.model.pid
    assert not Path(f"/proc/{pid}").exists()  # the app was left in the middle of an answer


async def test_a_bad_file_is_told_and_another_model_can_be_loaded(broken_path: Path) -> None:
    app = ChatApp(str(broken_path))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "invalid_model" in lines(app)[-1][1]
        await enter(pilot, "Hello!")
        await ready(pilot)
        assert "no model yet" in lines(app)[-1][1]
        await enter(pilot, "/model builtin")
        await ready(pilot)
        await enter(pilot, "Hello!")
        await ready(pilot)
        assert lines(app)[-1][0] == "assistant"
        assert lines(app)[-1][1]


@pytest.mark.parametrize("size", [(40, 12), (120, 40)])
async def test_it_fits_any_terminal(size: tuple[int, int]) -> None:
    app = ChatApp()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert app.query_one("#question").region.bottom <= size[1]
