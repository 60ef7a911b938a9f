"""Texts that end an answer."""

from __future__ import annotations

from collections.abc import Sequence


class StopSequenceFilter:
    """Looks for stop sequences in a text that comes in pieces, and holds back what may be the beginning of one.

    The engine could do this too, but it drops what it holds back when the answer then ends in another way.
    """

    def __init__(self, sequences: Sequence[str]) -> None:
        self._sequences = sequences
        self._held = ""
        self.found: str | None = None

    def feed(self, text: str) -> str:
        """What may be shown now; nothing after a sequence was `found`."""
        if self.found is not None:
            return ""
        text = self._held + text
        places = [(at, sequence) for sequence in self._sequences if (at := text.find(sequence)) >= 0]
        if places:
            at, self.found = min(places, key=lambda place: place[0])
            self._held = ""
            return text[:at]
        keep = len(text) - self._longest_beginning(text)
        self._held = text[keep:]
        return text[:keep]

    def flush(self) -> str:
        """What was held back; no more text will come."""
        held, self._held = self._held, ""
        return held

    def _longest_beginning(self, text: str) -> int:
        """Length of the longest end of `text` that a sequence begins with."""
        most = max((len(sequence) for sequence in self._sequences), default=0) - 1
        for length in range(min(most, len(text)), 0, -1):
            if any(sequence.startswith(text[-length:]) for sequence in self._sequences):
                return length
        return 0
