"""Where the keys of a TOML text stand, for sentences about what is wrong with them.

The standard library's reader tells no positions. This one walks over a text that it has read already, so nothing
is checked here, and what it cannot follow has no place.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

_LONG_TEXTS = r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:(?!\'\'\').)*\'{3,5}'
_QUOTED = _LONG_TEXTS + r'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
_KEY = r'(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
_KEYS = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_ONE_KEY = re.compile(_KEY)
_BLANK = re.compile(r"(?:\s|#[^\n]*)+")
_STRING = re.compile(_QUOTED, re.DOTALL)
_PLAIN = re.compile(r"[^\s,\[\]{}#\"'=][^,\[\]{}#\n\"']*")
_KEYS_OR_TEXTS = re.compile(rf"{_LONG_TEXTS}|#[^\n]*|(?P<keys>{_KEYS.pattern})", re.DOTALL)
_EQUALS = re.compile(r"[ \t]*=")

Keys = tuple[str, ...]


class Place(Struct, frozen=True):
    """Counted from 1, as editors do."""

    line: int
    column: int


def places_in(text: str) -> dict[Keys, Place]:
    """Each table and key of a TOML text that `tomllib` can read, with where it first stands."""
    places: dict[Keys, Place] = {}
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    for path, start in _Walk(text).found():
        line = bisect_right(starts, start)
        place = Place(line, start - starts[line - 1] + 1)
        for depth in range(1, len(path) + 1):
            places.setdefault(path[:depth], place)
    return places


def place_of(text: str, at: int) -> Place:
    """Where the character of that index stands."""
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def first_deep_key(text: str, most: int) -> int | None:
    """Where a dotted key with more than `most` parts stands, in a text that may be no TOML."""
    if text.count(".") < most:
        return None
    found = _KEYS_OR_TEXTS.finditer(text)
    return next((one.start() for one in found if one["keys"] and len(_ONE_KEY.findall(one["keys"])) > most), None)


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def found(self) -> Iterator[tuple[Keys, int]]:
        table: Keys = ()
        while self._skip_blank():
            if self._next("["):
                self._next("[")
                start = self._blank_to_key()
                table = self._path()
                yield table, start
                self._skip_blank()
                while self._next("]"):
                    pass
            else:
                start, path = self._at, self._path()
                if not path:
                    return
                yield table + path, start
                yield from self._value(table + path)

    def _value(self, path: Keys) -> Iterator[tuple[Keys, int]]:
        """What stands after a key; the keys of inline tables are below it."""
        self._match(_EQUALS)
        yield from self._item(path)

    def _item(self, path: Keys) -> Iterator[tuple[Keys, int]]:
        self._skip_blank()
        if self._next("["):
            while self._more("]"):
                yield from self._item(path)
        elif self._next("{"):
            while self._more("}"):
                start, inner = self._at, self._path()
                if not inner:
                    return
                yield path + inner, start
                yield from self._value(path + inner)
        else:
            self._match(_STRING) or self._match(_PLAIN)

    def _more(self, end: str) -> bool:
        """Whether there is another item before `end`."""
        self._skip_blank()
        while self._next(","):
            self._skip_blank()
        return self._at < len(self._text) and not self._next(end)

    def _path(self) -> Keys:
        found = self._match(_KEYS)
        return tuple(_unquoted(key) for key in _ONE_KEY.findall(found)) if found else ()

    def _blank_to_key(self) -> int:
        self._skip_blank()
        return self._at

    def _skip_blank(self) -> bool:
        """Whether anything is left after white space and comments."""
        self._match(_BLANK)
        return self._at < len(self._text)

    def _next(self, char: str) -> bool:
        found = self._text.startswith(char, self._at)
        self._at += len(char) if found else 0
        return found

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""


def _unquoted(key: str) -> str:
    if not key.startswith(('"', "'")):
        return key
    read = tomllib.loads(f"key = {key}")["key"]
    return str(read)
