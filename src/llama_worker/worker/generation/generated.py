"""What an answer consists of so far, exact enough to go on with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...engine.api.chunks import SampledToken


class TakenBack(NamedTuple):
    """What was taken back of an answer and will be generated again."""

    text: str = ""
    reasoning: str = ""


class Generated:
    """The reasoning and text that were generated, and the tokens they came as.

    Tokenizing a text anew may give other tokens than it was generated with, and then another continuation: so the
    id of each token is kept, or None where a piece of text came of several. `tokens` counts all that was generated,
    `begun` says whether that is anything. `closing` is what reasoning was ended with from outside.
    """

    def __init__(self) -> None:
        self.tokens = 0
        self.begun = False
        self.closing = ""
        self._pieces: list[tuple[int | None, str]] = []
        self._reasoning: list[str] = []

    @property
    def text(self) -> str:
        return "".join(text for _, text in self._pieces)

    @property
    def reasoning(self) -> str:
        return "".join(self._reasoning)

    @property
    def closed(self) -> str:
        """The reasoning as it stands in a prompt that the answer goes on from, if it was ended from outside."""
        return self.reasoning + self.closing if self.closing else ""

    @property
    def reasons(self) -> bool:
        """Whether it consists of reasoning that has not ended."""
        return bool(self._reasoning) and not self._pieces and not self.closing

    def add_reasoning(self, text: str, count: int) -> None:
        self._reasoning.append(text)
        self.tokens, self.begun = count, True

    def add_text(self, text: str, sampled: Sequence[SampledToken], count: int) -> None:
        """`count` is the number of tokens with this text's; more than one new one means that some were held back."""
        exact = len(sampled) == 1 and count == self.tokens + 1
        self._pieces.append((sampled[0].id if exact else None, text))
        self.tokens, self.begun = count, True

    def prompt_after(self, before: str) -> str | list[int | str]:
        """A prompt that goes on from here: token ids, and text where they are not known.

        One text where none is: a list of nothing but texts is as many prompts to the engine.
        """
        mixed: list[int | str] = [before + self.closed]
        for id, text in self._pieces:
            if id is not None:
                mixed.append(id)
            elif isinstance(last := mixed[-1], str):
                mixed[-1] = last + text
            else:
                mixed.append(text)
        return mixed if len(mixed) > 1 else str(mixed[0])

    def text_after(self, before: str) -> str:
        """As `prompt_after`, as one text."""
        return before + self.closed + self.text

    @property
    def known_ids(self) -> list[int]:
        """The ids of the first pieces, as far as they are known."""
        ids: list[int] = []
        for id, _ in self._pieces:
            if id is None:
                break
            ids.append(id)
        return ids

    def beginning(self, pieces: int) -> str:
        """The text of the first so many pieces."""
        return "".join(text for _, text in self._pieces[:pieces])

    def rewind(self, pieces: int = 0) -> TakenBack:
        """Keep only the first so many pieces, all of known ids, and with none of them no reasoning either."""
        text = "".join(text for _, text in self._pieces[pieces:])
        reasoning = "" if pieces else self.reasoning
        del self._pieces[pieces:]
        if not pieces:
            self._reasoning.clear()
            self.closing = ""
        self.tokens = pieces
        self.begun = bool(self._pieces or self._reasoning)
        return TakenBack(text, reasoning)
