"""A conversation with a model, for programs in Qt: threads ask the worker, and Qt hears of it by signals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from llama_worker import errors
from llama_worker.sync import ChatSession, LlamaWorker, Operation


class Conversation(QObject):
    """A model and a conversation with it. Its methods return at once; its signals tell what comes of them."""

    progressed = Signal(float)
    loaded = Signal(str)
    spoken = Signal(str)
    failed = Signal(str, str)
    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.worker = LlamaWorker()
        self.session: ChatSession | None = None
        self._operation: Operation[Any] | None = None

    def load(self, name: str) -> None:
        self._in_a_thread(self._load, name)

    def ask(self, question: str) -> None:
        if self.session is not None:
            self._operation = self.session.prompt(question)
            self._in_a_thread(self._answer, self._operation)

    def stop(self) -> None:
        """The engine stops, too; what was said stays in the conversation."""
        if self._operation is not None:
            self._operation.abort()

    def close(self) -> None:
        """Ends whatever is under way, and the engine."""
        self.worker.cleanup()

    def _load(self, name: str) -> None:
        try:
            model = self.worker.load_model(name, on_progress=lambda event: self.progressed.emit(event.value))
            self.session = model.create_session(system_prompt="You are helpful.")
        except errors.LlamaWorkerError as error:  # no such file, a broken one, too large for this machine...
            self.failed.emit(str(error), error.code)
        self.loaded.emit(self.session.model.name if self.session else "")

    def _answer(self, operation: Operation[Any]) -> None:
        try:
            for text in operation:
                self.spoken.emit(text)
            operation.result()
        except errors.OperationAborted:
            return self.answered.emit(False)
        except errors.LlamaWorkerError as error:  # of this answer; the conversation goes on
            self.failed.emit(str(error), error.code)
        self.answered.emit(True)

    def _in_a_thread(self, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()
