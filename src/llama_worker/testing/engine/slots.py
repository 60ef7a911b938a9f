"""What the sequences of a fake engine hold, so that it can tell which tokens it would not have had to read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .tokens import VOCABULARY_OF_ALL


class HeldTexts:
    """The text in each of `number` slots."""

    def __init__(self, number: int) -> None:
        self._texts = [""] * number
        self._busy = [0] * number

    def choose(self, asked: Any) -> int:
        """The slot that was asked for, or the first that nobody uses."""
        if isinstance(asked, int) and 0 <= asked < len(self._texts):
            return asked
        return self._busy.index(min(self._busy))

    def cached(self, slot: int, prompt: str) -> int:
        """Tokens at the beginning of `prompt` that the slot holds; never all, as the last one is always computed."""
        held, asked = (VOCABULARY_OF_ALL.tokenize(text) for text in (self._texts[slot], prompt))
        pairs = zip(held, asked[:-1], strict=False)
        return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(held), len(asked) - 1))

    def begin(self, slot: int) -> None:
        """A request is computed there."""
        self._busy[slot] += 1

    def end(self, slot: int, text: str) -> None:
        """It is over, and the slot holds this text."""
        self._busy[slot] -= 1
        self._texts[slot] = text

    def listed(self) -> list[dict[str, Any]]:
        """As `/slots` lists them."""
        return [
            {
                "id": slot,
                "is_processing": self._busy[slot] > 0,
                "n_prompt_tokens": len(VOCABULARY_OF_ALL.tokenize(text)),
            }
            for slot, text in enumerate(self._texts)
        ]

    def save(self, slot: int, file: Path) -> None:
        """Write what it holds."""
        file.write_text(json.dumps({"text": self._texts[slot]}), encoding="utf-8")

    def restore(self, slot: int, file: Path) -> None:
        """Hold what such a file says. Raises OSError and ValueError."""
        self._texts[slot] = str(json.loads(file.read_text(encoding="utf-8"))["text"])
