"""Tokens of a fake model: a word with the white space before it is one, a mark of punctuation another.

So the number of tokens of a text can be told by looking at it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence

VOCABULARY = 1 << 17
CONTROL = (
    "<|im_start|>",
    "<|im_end|>",
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
)
"""Special tokens, by their numbers."""
_CONTROL = re.compile("|".join(map(re.escape, CONTROL)))
_PIECE = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")


class Vocabulary:
    """Numbers pieces of text in the order in which they come; one for the whole process, so that a number means the
    same to every engine. When all numbers are taken, pieces share the last one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces = list(CONTROL)
        self._numbers = {piece: number for number, piece in enumerate(CONTROL)}

    def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """The numbers of a text's pieces; `special` reads names of control tokens as those tokens."""
        return [self.number(piece) for piece in pieces(text, special=special)]

    def detokenize(self, tokens: Iterable[int]) -> str:
        """The text of tokens; nothing of numbers that no piece has."""
        return "".join(self.piece(token) for token in tokens)

    def piece(self, token: int) -> str:
        """The text of one token."""
        return self._pieces[token] if 0 <= token < len(self._pieces) else ""

    def number(self, piece: str) -> int:
        """The number of a piece, a new one for a new piece."""
        with self._lock:
            if piece not in self._numbers:
                if len(self._pieces) == VOCABULARY:
                    return VOCABULARY - 1
                self._numbers[piece] = len(self._pieces)
                self._pieces.append(piece)
            return self._numbers[piece]


VOCABULARY_OF_ALL = Vocabulary()


def pieces(text: str, *, special: bool = True) -> list[str]:
    """A text cut into the pieces that are one token each."""
    if not special:
        return _PIECE.findall(text)
    found: list[str] = []
    start = 0
    for mark in _CONTROL.finditer(text):
        found += _PIECE.findall(text[start : mark.start()])
        found.append(mark[0])
        start = mark.end()
    return found + _PIECE.findall(text[start:])


def text_of(prompt: object) -> str:
    """The text of an engine's `prompt`: a text, tokens, both mixed, or a text with images beside it."""
    if isinstance(prompt, str):
        return prompt
    if isinstance(prompt, dict):
        return str(prompt.get("prompt_string", ""))
    if isinstance(prompt, Sequence):
        return "".join(VOCABULARY_OF_ALL.piece(part) if isinstance(part, int) else text_of(part) for part in prompt)
    return ""
