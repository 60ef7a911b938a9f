"""What of an answer's reasoning is shown."""

from __future__ import annotations

from ....messages.events import ReasoningDelta
from ...operations.operation import Operation
from ...reply import Reply


class ReasoningOutput:
    """Shows reasoning as it comes; what is generated once more after a pause is not shown twice."""

    def __init__(self) -> None:
        self._again = 0

    def repeat(self, text: str) -> None:
        """So much of what was generated last will be generated again."""
        self._again += len(text)

    def write(self, text: str, operation: Operation[Reply, str]) -> None:
        new = text[self._again :]
        self._again -= len(text) - len(new)
        if new:
            operation.report(ReasoningDelta(new))
