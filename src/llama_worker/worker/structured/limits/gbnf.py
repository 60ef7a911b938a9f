"""GBNF as llama.cpp's parser takes it apart, without recursion and with everything counted that it makes copies of."""

from __future__ import annotations

import re

from msgspec import Struct, field

from .measure import TooMany

MOST_REPETITIONS = 2000
"""A higher maximum is none, says llama.cpp."""

Terminal = tuple[bool, tuple[tuple[int, int], ...]]
"""Ranges of code points, and whether they are those that are meant."""
Element = int | Terminal | None
"""A rule's number, letters, or the end of an alternative."""

_ESCAPE = r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[trn\\\"\[\]-])"
_CHARACTER = re.compile(rf"{_ESCAPE}|[^\\]")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")
_SPACE_IN_LINE = re.compile(r"(?:[ \t]|#[^\r\n]*)*")
_HEAD = re.compile(r"([a-zA-Z0-9-]+)(?:[ \t]|#[^\r\n]*)*::=")
_ITEM = re.compile(
    rf'"(?P<literal>(?:{_ESCAPE}|[^"\\])*)"|\[(?P<not>\^?)(?P<set>(?:{_ESCAPE}|[^\]\\])*)\]'
    r"|(?P<token>!?<[^>]*>)|(?P<name>[a-zA-Z0-9-]+)|(?P<sign>[.*+?()|])|(?P<times>\{)"
)
_SPACES = r"(?:[ \t\r\n]|#[^\r\n]*)*"
_TIMES = re.compile(rf"\{{{_SPACES}(\d+){_SPACES}(?:(,){_SPACES}(\d*){_SPACES})?\}}")
_NAMED = {"t": 9, "r": 13, "n": 10}
_ANY: Terminal = (False, ())
_NOTHING: Terminal = (True, ())


class Unreadable(Exception):
    """Raised for what is no GBNF."""


class Grammar(Struct):
    """`rules` gives for each number where its alternatives begin in `elements`."""

    elements: list[Element]
    rules: dict[int, list[int]]
    root: int | None


class _Open(Struct):
    """A rule or a group that is being read; `last` is where the item begins that a repetition repeats."""

    rule: int
    alternatives: list[list[Element]] = field(default_factory=list)
    sequence: list[Element] = field(default_factory=list)
    last: int = 0


class GrammarReader:
    """Reads one grammar, which may have `most` elements when every repetition is written out, and so deep groups."""

    def __init__(self, text: str, most: int, deepest: int) -> None:
        self._text = text.partition("\0")[0]
        self._at = 0
        self._most, self._size = most, 0
        self._deepest = deepest
        self._numbers: dict[str, int] = {}
        self._count = 0
        self._open: list[_Open] = []
        self._grammar = Grammar([], {}, None)

    def read(self) -> Grammar:
        """Raises `Unreadable` and `TooMany`."""
        self._skip(_SPACE)
        while self._at < len(self._text):
            self._read_rule()
            self._skip(_SPACE)
        self._grammar.root = self._numbers.get("root")
        return self._grammar

    def _read_rule(self) -> None:
        head = self._expect(_HEAD)
        self._skip(_SPACE)
        self._open = [_Open(self._number(head[1]))]
        while match := _ITEM.match(self._text, self._at):
            if match["times"]:
                match = self._expect(_TIMES)
            self._at = match.end()
            self._take(match)
            self._skip(_SPACE if len(self._open) > 1 or match[0] == "|" else _SPACE_IN_LINE)
        if len(self._open) > 1 or (self._at < len(self._text) and self._text[self._at] not in "\r\n"):
            raise Unreadable
        self._close()

    def _take(self, match: re.Match[str]) -> None:
        if match.re is _TIMES:
            least = int(match[1])
            self._repeat(least, (int(match[3]) if match[3] else None) if match[2] else least)
        elif (literal := match["literal"]) is not None:
            self._add([(True, ((code, code),)) for code in _codes(literal)])
        elif (inside := match["set"]) is not None:
            self._add([(not match["not"], ranges)] if (ranges := _ranges(inside)) else [])
        elif match["token"]:
            self._add([_NOTHING])
        elif match["name"]:
            self._add([self._number(match["name"])])
        else:
            self._sign(match["sign"])

    def _sign(self, sign: str) -> None:
        match sign:
            case ".":
                self._add([_ANY])
            case "*":
                self._repeat(0, None)
            case "+":
                self._repeat(1, None)
            case "?":
                self._repeat(0, 1)
            case "|":
                self._end_alternative()
            case "(":
                self._open_group()
            case ")":
                self._close_group()

    def _add(self, elements: list[Element]) -> None:
        self._spend(elements, 1)
        group = self._open[-1]
        group.last = len(group.sequence)
        group.sequence += elements

    def _end_alternative(self) -> None:
        group = self._open[-1]
        group.alternatives.append(group.sequence)
        group.sequence, group.last = [], 0

    def _open_group(self) -> None:
        if len(self._open) > self._deepest:
            raise TooMany("levels of parentheses", len(self._open), self._deepest)
        self._open.append(_Open(self._new_number()))

    def _close_group(self) -> None:
        if len(self._open) < 2:
            raise Unreadable
        self._add([self._close()])

    def _close(self) -> int:
        self._end_alternative()
        group = self._open.pop()
        self._define(group.rule, group.alternatives)
        return group.rule

    def _define(self, rule: int, alternatives: list[list[Element]]) -> None:
        starts = []
        for alternative in alternatives:
            starts.append(len(self._grammar.elements))
            self._grammar.elements += alternative
            self._grammar.elements.append(None)
        self._grammar.rules[rule] = starts

    def _repeat(self, least: int, most: int | None) -> None:
        """`x{2,4}` is x x a with a = x b | nothing, b = x | nothing; `x*` is a with a = x a | nothing."""
        group = self._open[-1]
        repeated = group.sequence[group.last :]
        if not repeated:
            raise Unreadable
        if most is not None and most > MOST_REPETITIONS:
            most = None
        optional = 1 if most is None else max(0, most - least)
        self._spend([*repeated, 0, 0], least + optional)
        group.sequence[group.last :] = repeated * least
        rule: int | None = None
        for _ in range(optional):
            number = self._new_number()
            follows = number if most is None else rule
            self._define(number, [repeated if follows is None else [*repeated, follows], []])
            rule = number
        if rule is not None:
            group.sequence.append(rule)

    def _spend(self, elements: list[Element], times: int) -> None:
        """A set of letters is an element for each of its bounds."""
        size = sum(1 if isinstance(element, int) or element is None else len(element[1]) * 2 for element in elements)
        self._size += size * times
        if self._size > self._most:
            raise TooMany("elements when its repetitions are written out", self._size, self._most)

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = self._new_number()
        return self._numbers[name]

    def _new_number(self) -> int:
        self._count += 1
        return self._count

    def _skip(self, space: re.Pattern[str]) -> None:
        match = space.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _expect(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise Unreadable
        self._at = match.end()
        return match


def _codes(text: str) -> list[int]:
    return [_code(match[0]) for match in _CHARACTER.finditer(text)]


def _code(character: str) -> int:
    if len(character) == 1:
        return ord(character)
    if character[1] in "xuU":
        return int(character[2:], 16)
    return _NAMED.get(character[1], ord(character[1]))


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    """A minus sign between two characters makes a range of them; a last one is itself."""
    characters = [match[0] for match in _CHARACTER.finditer(text)]
    ranges, index = [], 0
    while index < len(characters):
        is_range = index + 2 < len(characters) and characters[index + 1] == "-"
        ranges.append((_code(characters[index]), _code(characters[index + 2 if is_range else index])))
        index += 3 if is_range else 1
    return tuple(ranges)
