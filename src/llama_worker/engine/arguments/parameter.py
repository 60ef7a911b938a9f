"""How the word after an argument becomes a parameter of the bundled engine."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any, Protocol

from msgspec import Struct

_YES, _NO = ("1", "on", "true"), ("0", "off", "false")


class Parameter(Protocol):
    """One of llama.cpp's `common_params`, by its path, and which words it may be given."""

    @property
    def path(self) -> str: ...

    def refusal(self, word: str) -> str:
        """What the word must be and is not; empty where it is."""

    def value(self, word: str, params: Any, binding: Any) -> Any:
        """What the parameter becomes; the word is one that is not refused."""


class Switch(Struct, frozen=True, kw_only=True):
    """No word follows: the argument alone says it."""

    path: str
    on: bool

    def refusal(self, word: str) -> str:
        return ""

    def value(self, word: str, params: Any, binding: Any) -> bool:
        return self.on


class Switches(Struct, frozen=True):
    """A word says yes or no."""

    path: str

    def refusal(self, word: str) -> str:
        return "" if word in _YES + _NO else "0 or 1"

    def value(self, word: str, params: Any, binding: Any) -> bool:
        return word in _YES


class Number(Struct, frozen=True):
    """A number, with or without a fraction."""

    path: str
    whole: bool = False

    def refusal(self, word: str) -> str:
        try:
            number = int(word) if self.whole else float(word)
        except ValueError:
            return "a whole number" if self.whole else "a number"
        return "" if math.isfinite(number) and -(2**31) <= number < 2**31 else "a number of at most 32 bits"

    def value(self, word: str, params: Any, binding: Any) -> float:
        return int(word) if self.whole else float(word)


class Text(Struct, frozen=True):
    """Any text."""

    path: str

    def refusal(self, word: str) -> str:
        return ""

    def value(self, word: str, params: Any, binding: Any) -> str:
        return word


class Overrides(Text, frozen=True):
    """Texts of which several may be given, separated by commas: each is added to those before."""

    def refusal(self, word: str) -> str:
        return "" if all("=" in part for part in word.split(",")) else "PATTERN=BUFFER"

    def value(self, word: str, params: Any, binding: Any) -> str:
        return ",".join(filter(None, [attrgetter(self.path)(params), word]))


class Enumerated(Struct, frozen=True):
    """One of a few words: the end of a name in the binding's `enum`, or without a `prefix` its number."""

    path: str
    enum: str
    choices: tuple[str, ...]
    prefix: str = ""

    def refusal(self, word: str) -> str:
        return "" if word in self.choices else " or ".join(self.choices)

    def value(self, word: str, params: Any, binding: Any) -> Any:
        kind = getattr(binding, self.enum)
        return kind[self.prefix + word.upper()] if self.prefix else kind(int(word))
