"""examples/tk: under Xvfb, or on whatever screen there is."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageGrab

from llama_worker.sync import Model
from tests.examples.apps.conftest import picture
from tests.examples.apps.windows import Person
from tests.examples.load import load

tk = pytest.importorskip("tkinter", reason="this Python has no Tk: apt-get install python3-tk, and use the system's")
pytestmark = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="no screen: apt-get install xvfb")
ChatWindow = load("tk", "app").ChatWindow


class TkWindow:
    def __init__(self, model: str) -> None:
        self.root: Any = tk.Tk()
        self.window: Any = ChatWindow(self.root, model)

    def text(self) -> str:
        text: str = self.window.log.get("1.0", "end-1c")
        return text

    def enter(self, question: str) -> None:
        self.window.question.insert(0, question)
        self.root.update()
        self.window.question.focus_force()
        self.window.question.event_generate("<Return>")

    def press_button(self) -> None:
        self.window.button.invoke()

    def button_says(self) -> str:
        return str(self.window.button["text"])

    def can_be_asked(self) -> bool:
        return bool(self.window.session and not self.window.button.instate(["disabled"]))

    def load(self, name: str) -> None:
        self.window.load(name)

    def model(self) -> Model:
        model: Model = self.window.session.model
        return model

    def run_loop(self) -> None:
        self.root.update()

    def close(self) -> None:
        if not self.window.worker.closed:
            self.window.close()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Person]]:
    """Windows are closed at the end. Tk ends the process when garbage collection finds one in another thread."""
    windows: list[TkWindow] = []
    gc.disable()

    def open_it(model: str) -> Person:
        windows.append(TkWindow(model))
        return Person(windows[-1])

    yield open_it
    for window in windows:
        window.close()
        assert window.window.worker.closed
    windows.clear()
    del window
    gc.collect()
    gc.enable()


def test_a_conversation(opened: Callable[[str], Person]) -> None:
    person = opened("builtin")
    person.converse()
    if path := picture("tk"):
        person.window.run_loop()
        root = person.window.root  # type: ignore[attr-defined]
        left, top = root.winfo_rootx(), root.winfo_rooty()
        box = (left, top, left + root.winfo_width(), top + root.winfo_height())
        ImageGrab.grab(box, xdisplay=os.environ["DISPLAY"]).save(path)


def test_stop_and_close(opened: Callable[[str], Person], slow_model_path: Path) -> None:
    opened(str(slow_model_path)).stop_an_answer()


def test_a_bad_file(opened: Callable[[str], Person], broken_path: Path) -> None:
    opened("builtin").try_a_broken_file(broken_path)


def test_without_any_model(opened: Callable[[str], Person], broken_path: Path) -> None:
    person = opened(str(broken_path))
    person.wait(lambda: "invalid_model" in person.window.text())
    assert not person.window.can_be_asked()
    person.window.load("builtin")
    person.wait(person.window.can_be_asked)
