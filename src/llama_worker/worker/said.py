"""What an answer consists of so far, exact enough to go on with it."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.chunks import SampledToken


class Said:
    """The reasoning and text that were generated, and the tokens they came as.

    `pieces` are the text as token ids, or as text where the ids are not known: tokenizing a text anew may give other
    tokens than it was generated with, and then another continuation. `tokens` counts all that was generated.
    """

    def __init__(self) -> None:
        self.tokens = 0
        self.pieces: list[int | str] = []
        self._text: list[str] = []
        self._reasoning: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        return "".join(self._reasoning)

    def __bool__(self) -> bool:
        return bool(self._text or self._reasoning)

    def add_reasoning(self, text: str, count: int) -> None:
        self._reasoning.append(text)
        self.tokens = count

    def add_text(self, text: str, sampled: Sequence[SampledToken], count: int) -> None:
        """`count` is the number of tokens with this text's; more than one new one means that some were held back."""
        self._text.append(text)
        if len(sampled) == 1 and count == self.tokens + 1:
            self.pieces.append(sampled[0].id)
        elif self.pieces and isinstance(last := self.pieces[-1], str):
            self.pieces[-1] = last + text
        else:
            self.pieces.append(text)
        self.tokens = count
