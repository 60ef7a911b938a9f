"""A conversation with a window, whichever toolkit draws it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psutil

from llama_worker.sync import Model
from tests.examples.apps.conftest import idle, until


class Window(Protocol):
    """What a person sees and does."""

    def text(self) -> str: ...
    def enter(self, question: str) -> None: ...
    def press_button(self) -> None: ...
    def button_says(self) -> str: ...
    def can_be_asked(self) -> bool: ...
    def load(self, name: str) -> None: ...
    def model(self) -> Model: ...
    def run_loop(self) -> None: ...
    def close(self) -> None: ...


class Person:
    """Talks to a window, and waits for what it does."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def wait(self, condition: Callable[[], object]) -> None:
        until(condition, self.window.run_loop)

    def ask(self, question: str) -> None:
        self.window.enter(question)
        assert self.window.button_says() == "Stop"

    def converse(self) -> None:
        self.wait(self.window.can_be_asked)
        for question, answer in (
            ("What is llama-worker?", "own supervised process"),
            ("What is the capital of Portugal?", "Lisbon"),
        ):
            self.ask(question)
            self.wait(lambda: self.window.button_says() == "Send")
            assert answer in self.window.text()

    def stop_an_answer(self) -> None:
        """It stops at once, while the window goes on; and so does closing the window in the middle of another."""
        self.wait(self.window.can_be_asked)
        self.ask("Hello!")
        self.wait(lambda: len(self.window.text()) > 20)
        self.window.press_button()
        self.wait(lambda: "(stopped)" in self.window.text())
        model = self.window.model()
        assert len(self.window.text()) < 2000
        model._loop.run(idle(model._model))
        self.ask("And now?")
        before = len(self.window.text())
        self.wait(lambda: len(self.window.text()) > before + 5)
        self.window.close()
        assert model.pid is None or not psutil.pid_exists(model.pid)

    def try_a_broken_file(self, path: Path) -> None:
        self.wait(self.window.can_be_asked)
        self.window.load(str(path))
        self.wait(lambda: "invalid_model" in self.window.text() and self.window.can_be_asked())
        self.ask("Hello!")
        self.wait(lambda: self.window.button_says() == "Send")
        self.window.load("builtin")
        self.wait(self.window.can_be_asked)
