"""The shortest text that a grammar allows."""

from __future__ import annotations

from collections.abc import Sequence

from ...worker.structured.limits.gbnf import Element, Grammar, GrammarReader, Unreadable
from ...worker.structured.limits.measure import TooMany

_MOST_ELEMENTS, _DEEPEST = 1 << 20, 256
_ENDLESS = 1 << 30
_ANY = "a"


def text_for(grammar: str) -> str:
    """Of several of that length the first. Empty for what is no grammar, and where no text ends."""
    try:
        read = GrammarReader(grammar, _MOST_ELEMENTS, _DEEPEST).read()
    except (Unreadable, TooMany):
        return ""
    return "" if read.root is None else _Shortest(read).text()


class _Shortest:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._alternatives = {
            rule: [self._sequence(start) for start in starts] for rule, starts in grammar.rules.items()
        }
        self._lengths = dict.fromkeys(grammar.rules, _ENDLESS)
        while self._improved():
            pass

    def text(self) -> str:
        """Without recursion, as a grammar may be deep."""
        assert self._grammar.root is not None
        written: list[str] = []
        left: list[Element] = [self._grammar.root]
        while left:
            element = left.pop()
            if isinstance(element, int):
                if self._lengths.get(element, _ENDLESS) == _ENDLESS:
                    return ""
                left += reversed(self._shortest(element))
            else:
                written.append(_letter(element))
        return "".join(written)

    def _shortest(self, rule: int) -> list[Element]:
        return min(self._alternatives[rule], key=self._length)

    def _sequence(self, start: int) -> list[Element]:
        elements = self._grammar.elements
        return elements[start : elements.index(None, start)]

    def _improved(self) -> bool:
        changed = False
        for rule, alternatives in self._alternatives.items():
            length = min(map(self._length, alternatives), default=_ENDLESS)
            if length < self._lengths[rule]:
                self._lengths[rule], changed = length, True
        return changed

    def _length(self, sequence: Sequence[Element]) -> int:
        return min(sum(self._lengths.get(one, _ENDLESS) if isinstance(one, int) else 1 for one in sequence), _ENDLESS)


def _letter(element: Element) -> str:
    assert not isinstance(element, int)
    if element is None:
        return ""
    meant, ranges = element
    if meant:
        return chr(ranges[0][0]) if ranges else ""
    codes = (ord(_ANY) + at for at in range(1 << 16))
    return chr(next(code for code in codes if not any(low <= code <= high for low, high in ranges)))
