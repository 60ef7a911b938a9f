"""examples/pyside6: on Qt's own screen that nobody sees, unless QT_QPA_PLATFORM says otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from llama_worker.sync import Model
from tests.examples.apps.conftest import picture
from tests.examples.apps.windows import Person
from tests.examples.load import load

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ChatWindow = load("pyside6", "app").ChatWindow


class QtWindow:
    def __init__(self, model: str) -> None:
        self.window: Any = ChatWindow(model)
        self.window.show()

    def text(self) -> str:
        text: str = self.window.log.toPlainText()
        return text

    def enter(self, question: str) -> None:
        QTest.keyClicks(self.window.question, question)
        QTest.keyClick(self.window.question, Qt.Key.Key_Return)

    def press_button(self) -> None:
        QTest.mouseClick(self.window.button, Qt.MouseButton.LeftButton)

    def button_says(self) -> str:
        text: str = self.window.button.text()
        return text

    def can_be_asked(self) -> bool:
        return bool(self.window.question.isEnabled() and self.window.conversation.session)

    def load(self, name: str) -> None:
        self.window.load(name)

    def model(self) -> Model:
        model: Model = self.window.conversation.session.model
        return model

    def run_loop(self) -> None:
        QApplication.processEvents()

    def close(self) -> None:
        self.window.close()


@pytest.fixture(scope="module")
def application() -> QApplication:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    return application


@pytest.fixture
def opened(application: QApplication) -> Iterator[Callable[[str], Person]]:
    windows: list[QtWindow] = []

    def open_it(model: str) -> Person:
        windows.append(QtWindow(model))
        return Person(windows[-1])

    yield open_it
    for window in windows:
        window.close()
        assert window.window.conversation.worker.closed


def test_a_conversation(opened: Callable[[str], Person]) -> None:
    person = opened("builtin")
    person.converse()
    if path := picture("pyside6"):
        person.window.run_loop()
        person.window.window.grab().save(str(path))  # type: ignore[attr-defined]


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
