"""Text with the statistics of a book: its words, and which follows which, so that neither speculation nor caches of
prompts are flattered by text that repeats itself.

`book.txt` is the first half of Lewis Carroll's "Alice's Adventures in Wonderland" of 1865, in the public domain.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache
from pathlib import Path

# So often a word is drawn from the whole book and not from those that follow the last one, as words that occur once
# would lead through the same sentences again. With this, runs of four words repeat about as often as in the book.
_AFRESH = 0.1


def prose(words: int, number: int) -> str:
    """So many words; another text for each number, and the same one each time."""
    chance = random.Random(f"prose {number}")
    every, following = _statistics()
    text = [chance.choice(every)]
    while len(text) < words:
        text.append(chance.choice(every if chance.random() < _AFRESH else following[text[-1]]))
    return " ".join(text)


@cache
def book() -> tuple[str, ...]:
    """Its words, with the punctuation at them."""
    return tuple(Path(__file__).with_name("book.txt").read_text(encoding="utf-8").split())


def repeated(words: list[str] | tuple[str, ...], run: int = 4) -> float:
    """The share of runs of so many words that stood in the text before."""
    runs = [words[start : start + run] for start in range(len(words) - run + 1)]
    return 1 - len({tuple(one) for one in runs}) / len(runs)


@cache
def _statistics() -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Every word as often as it occurs, and what follows it, as often as it does; the last is followed by the first."""
    words, following = book(), defaultdict(list)
    for word, following_word in zip(words, [*words[1:], words[0]], strict=True):
        following[word].append(following_word)
    return words, dict(following)
