"""Finds the names of special tokens in a text, and breaks them.

A prompt reaches the engine as one text, in which `<|im_end|>` is a token whoever wrote it. A zero width space behind
the first character keeps it from being one: the rest is read as the text that it is. docs/decisions.md says why this
way, and why this character.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from .borders import Borders

BREAK = "\u200b"
_OTHER_BREAK = "\u2060"
_KEY = 2
# Keys, roles and names are the same in every message of every prompt: a conversation of thousands is looked at anew in
# each turn.
_SHORT, _MOST_HARMLESS = 64, 1024


class SpecialTexts:
    """The names of `specials`, and those that come about at the `borders` of a content within its template."""

    def __init__(self, specials: Iterable[str], borders: Borders) -> None:
        names = {name for name in specials if len(name) >= _KEY}
        self._break = _OTHER_BREAK if any(BREAK in name for name in names) else BREAK
        self._by_key: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for name in names:
            self._by_key[name[:_KEY]][len(name)].add(name)
        self._longest = max(map(len, names), default=0)
        first = "".join(re.escape(name) for name in sorted({name[0] for name in names}))
        self._first = re.compile(f"[{first}]") if first else None
        self._borders = borders
        self._harmless: set[str] = set()

    def is_name(self, text: object) -> bool:
        """Whether `text` is the name of a special token, and nothing else."""
        return isinstance(text, str) and text in self._by_key.get(text[:_KEY], {}).get(len(text), ())

    def find(self, text: str) -> str | None:
        """The first name of a special token in `text`."""
        return next((text[start:end] for start, end in self._found(text)), None)

    def broken(self, text: str) -> str:
        """`text`, in which none is one any more; the same object when there was none."""
        if text in self._harmless:
            return text
        places = {start + 1 for start, _ in self._found(text)}
        places |= self._borders.places(text)
        places |= {start + 1 for start in self._emerging(text)}
        if places:
            return self._with_breaks(text, sorted(places))
        if len(text) <= _SHORT and len(self._harmless) < _MOST_HARMLESS:
            self._harmless.add(text)
        return text

    def unnamed(self, text: str) -> str:
        """As `broken`, for a text that stands alone, with no template around it."""
        places = {start + 1 for start, _ in self._found(text)}
        return self._with_breaks(text, sorted(places)) if places else text

    def mended(self, text: str) -> str:
        """The other way round: `text`, in which a model repeats names that were broken, with those names whole."""
        for place in reversed([match.start() for match in re.finditer(self._break, text)]):
            without = text[:place] + text[place + 1 :]
            if place and any(start == 0 for start, _ in self._found(without[place - 1 : place + self._longest])):
                text = without
        return text

    def parted(self, before: str, text: str) -> str:
        """`text`, so that no name reaches into it from what stands `before` it."""
        reaches = any(start < len(before) < end for start, end in self._found(before + text))
        return self._break + text if reaches else text

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each name begins and ends, also where they overlap."""
        if self._first is None:
            return
        for match in self._first.finditer(text):
            start = match.start()
            for length, names in self._by_key.get(text[start : start + _KEY], {}).items():
                if text[start : start + length] in names:
                    yield start, start + length

    def _emerging(self, text: str) -> Iterator[int]:
        """Where names begin that come about when the template takes out what it takes out."""
        for removed in self._borders.removed:
            if removed in text:
                kept = _kept(text, removed)
                without = "".join(text[place] for place in kept)
                yield from (kept[start] for start, _ in self._found(without))

    def _with_breaks(self, text: str, places: list[int]) -> str:
        ends = [*places, len(text)]
        return text[: places[0]] + "".join(
            self._break + text[start:end] for start, end in zip(places, ends[1:], strict=True)
        )


def _kept(text: str, removed: str) -> list[int]:
    """The places of the characters that are left without `removed`."""
    kept: list[int] = []
    position = 0
    for part in text.split(removed):
        kept += range(position, position + len(part))
        position += len(part) + len(removed)
    return kept
