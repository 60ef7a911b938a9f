"""A chat window in Qt with PySide6. What it knows of llama-worker stands in conversation.py.

`python app.py [MODEL]`
"""

from __future__ import annotations

import sys

from conversation import Conversation
from PySide6 import QtWidgets as widgets
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QColor, QTextBlockFormat, QTextCharFormat, QTextCursor

USER, ERROR = QColor("#1d4ed8"), QColor("#b91c1c")


class ChatWindow(widgets.QMainWindow):
    def __init__(self, model_name: str = "builtin") -> None:
        super().__init__()
        self.conversation = Conversation()
        self.log = widgets.QTextEdit(readOnly=True)
        self.bar = widgets.QProgressBar(maximum=100)
        self.question = widgets.QLineEdit(placeholderText="Ask something")
        self.button = widgets.QPushButton("Send")
        self.open = widgets.QPushButton("Open model...")
        self._lay_out()
        self._connect()
        self.load(model_name)

    def _lay_out(self) -> None:
        bottom = widgets.QHBoxLayout()
        for one in (self.question, self.button, self.open):
            bottom.addWidget(one)
        column = widgets.QVBoxLayout()
        column.addWidget(self.log)
        column.addWidget(self.bar)
        column.addLayout(bottom)
        body = widgets.QWidget()
        body.setLayout(column)
        self.setCentralWidget(body)
        self.log.document().setDocumentMargin(12)
        self.setStyleSheet("font-size: 11pt")
        self.resize(640, 360)

    def _connect(self) -> None:
        self.button.clicked.connect(self.send_or_stop)
        self.question.returnPressed.connect(self.send_or_stop)
        self.open.clicked.connect(self.choose)
        self.conversation.progressed.connect(self.show_progress)
        self.conversation.loaded.connect(self.show_loaded)
        self.conversation.spoken.connect(self.append)
        self.conversation.failed.connect(self.show_error)
        self.conversation.answered.connect(self.show_answered)

    @Slot()
    def choose(self) -> None:
        name, _ = widgets.QFileDialog.getOpenFileName(self, "Open model", filter="Models (*.gguf)")
        if name:
            self.load(name)

    def load(self, name: str) -> None:
        self.setWindowTitle(f"Loading {name}")
        for one in (self.button, self.open, self.question):
            one.setEnabled(False)
        self.bar.show()
        self.conversation.load(name)

    @Slot()
    def send_or_stop(self) -> None:
        question = self.question.text().strip()
        if self.button.text() == "Stop":
            self.conversation.stop()
        elif question and self.conversation.session is not None:
            self.question.clear()
            self.button.setText("Stop")
            self.say(question, USER, Qt.AlignmentFlag.AlignRight)
            self.say("", self.palette().text().color())
            self.conversation.ask(question)

    @Slot(float)
    def show_progress(self, value: float) -> None:
        self.bar.setValue(round(100 * value))

    @Slot(str)
    def show_loaded(self, name: str) -> None:
        self.bar.hide()
        self.setWindowTitle(f"{name} - PySide6 and llama-worker" if name else "No model: open one")
        for one in (self.button, self.open, self.question):
            one.setEnabled(True)
        self.question.setFocus()

    @Slot(str, str)
    def show_error(self, message: str, code: str) -> None:
        self.say(f"{message} ({code})", ERROR)

    @Slot(bool)
    def show_answered(self, whole: bool) -> None:
        self.button.setText("Send")
        if not whole:
            self.append(" (stopped)")

    def say(self, text: str, colour: QColor, alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        """A paragraph of its own."""
        paragraph, letters = QTextBlockFormat(), QTextCharFormat()
        paragraph.setAlignment(alignment)
        paragraph.setTopMargin(6)
        letters.setForeground(colour)
        cursor = self._end()
        cursor.insertBlock(paragraph, letters)
        cursor.insertText(text)

    @Slot(str)
    def append(self, text: str) -> None:
        self._end().insertText(text)
        self.log.ensureCursorVisible()

    def _end(self) -> QTextCursor:
        self.log.moveCursor(QTextCursor.MoveOperation.End)
        return self.log.textCursor()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()
        self.conversation.close()
        super().closeEvent(event)


if __name__ == "__main__":
    application = widgets.QApplication(sys.argv)
    window = ChatWindow(*sys.argv[1:2])
    window.show()
    sys.exit(application.exec())
