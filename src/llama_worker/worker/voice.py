"""What of an answer is shown, and when."""

from __future__ import annotations

from .events import Progress, TextDelta
from .operation import Operation
from .reply import Reply


class Voice:
    """Shows text as it comes: the response prefix before the first piece, white space only when more follows.

    A `quiet` one collects the text and shows nothing.
    """

    def __init__(self, operation: Operation[Reply, str], *, prefix: str, trim: bool, quiet: bool) -> None:
        self._operation = operation
        self._prefix = prefix
        self._trim = trim
        self._quiet = quiet
        self._held = ""
        self._shown: list[str] = []

    @property
    def text(self) -> str:
        """What was shown so far."""
        return "".join(self._shown)

    def say(self, text: str) -> None:
        text, self._prefix, self._held = self._prefix + self._held + text, "", ""
        if self._trim:
            kept = text.rstrip()
            text, self._held = kept, text[len(kept) :]
        self._show(text)

    def finish(self) -> None:
        """No more text will come: an answer of nothing is still its prefix."""
        if self._prefix:
            self.say("")

    def _show(self, text: str) -> None:
        if text:
            self._shown.append(text)
            if not self._quiet:
                self._operation.report(Progress(1.0))
                self._operation.report(TextDelta(text))
