"""The vocabulary of the measured models: the book's words are tokens, so that prompts are as long as with real ones."""

from __future__ import annotations

import re
from functools import cache

from tests.gguf_factory import byte_tokens

from benchmarks.models.prose import book

SPECIAL = ("<|im_start|>", "<|pad|>", "<|im_end|>")
_SPACE = "Ġ"  # what GPT-2's tokenizers write for the space before a word
_LONGEST = (
    8  # letters; the rest of longer words are single bytes, as is what follows a quotation mark: 1.5 tokens a word
)


def tokens(size: int) -> list[str]:
    """The single bytes, the book's words and their beginnings, names that no text has, and the special ones last."""
    real = [*byte_tokens(), *_beginnings()]
    unused = [f"<unused{number}>" for number in range(size - len(real) - len(SPECIAL))]
    return [*real, *unused, *SPECIAL][:size]


def merges() -> list[str]:
    """Each beginning of a word is a shorter one and a letter."""
    return [f"{beginning[:-1]} {beginning[-1]}" for beginning in _beginnings()]


@cache
def _beginnings() -> tuple[str, ...]:
    """Of two characters or more with the space before the word; shorter ones first, as longer ones are made of them."""
    words = {_SPACE + word[:_LONGEST] for word in re.findall("[A-Za-z]+", " ".join(book()))}
    every = {word[:length] for word in words for length in range(2, len(word) + 1)}
    return tuple(sorted(every, key=lambda beginning: (len(beginning), beginning)))
