"""How many ways of reading a text a grammar makes the engine follow at once, found by following them as it does.

llama.cpp keeps a stack for each way. How many that may become can be told from no count of a grammar's parts:
`root ::= "a" root "b" | "a" root "c" | "a"` doubles it with each letter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from heapq import nlargest
from itertools import accumulate

from .gbnf import Element, Grammar, Terminal
from .measure import TooMany

_TEXTS, _LETTERS = 3, 48
"""How many texts are read, and how far: what grows does so from letter to letter."""
_MOST_LETTERS, _LETTERS_AGAIN = 16, 16
"""How many letters are looked at for the next one; and how far a text of one letter is read."""
_STEPS_OF_ONE_WAY = 10
"""How many rules are followed to the next letters, for as many ways as there may be."""
_RANGES_OF_ONE_STEP = 4
_TOKEN_LETTERS = 3
"""A token of so many letters is tried on each way that leads through it, even where ways meet again."""


Ways = dict[int, int]
"""Stacks with letters on top, and in how many ways each was come to."""


class Walk:
    """Reads texts that lead on in as many ways as possible. Stacks are numbered, so that none is walked twice."""

    def __init__(self, grammar: Grammar, most: int, steps: int) -> None:
        """`most` ways at a time; after `steps` there has been enough reading."""
        self._enough = steps
        self._elements = grammar.elements
        self._rules = grammar.rules
        self._most = most
        self._numbers: dict[tuple[int, int], int] = {}
        self._stacks = [(-1, 0)]  # the empty one, on top of which is the end of the last alternative
        self._steps = self._steps_before = self._found = 0

    def check(self, root: int) -> None:
        """Raises `TooMany`. The busiest letters may lead nowhere, so others are preferred in turn."""
        for rank in range(_TEXTS):
            self._read_text(root, rank, _LETTERS)
        for letter in self._letters(self._beginning(root)):
            self._read_text(root, 0, _LETTERS_AGAIN, letter)

    def _read_text(self, root: int, rank: int, length: int, again: int | None = None) -> None:
        """A text of the letters that are busiest but `rank`, or of the letter `again` wherever it can be."""
        ways = self._beginning(root)
        for index in range(length):
            if index % _TOKEN_LETTERS == 0:
                ways = dict.fromkeys(ways, 1)
            letters = self._letters(ways)
            if not letters or self._steps > self._enough:
                return
            ways = self._read(ways, again if again in letters else letters[min(rank, len(letters) - 1)])

    def _beginning(self, root: int) -> Ways:
        ways: Ways = {}
        self._steps_before, self._found = self._steps, 0
        for start in self._rules[root]:
            self._follow(self._pushed(start, 0), 1, ways)
        return ways

    def _read(self, ways: Ways, letter: int) -> Ways:
        found: Ways = {}
        self._steps_before, self._found = self._steps, 0
        places = {self._stacks[stack][0] for stack in ways if stack}
        fitting = {place for place in places if _fits(self._elements[place], letter)}
        for stack, times in ways.items():
            place, below = self._stacks[stack]
            if place in fitting:
                self._follow(self._pushed(place + 1, below), times, found)
        return found

    def _follow(self, stack: int, times: int, found: Ways) -> None:
        """Adds the stacks with letters on top that `stack` leads to."""
        if not isinstance(self._elements[self._stacks[stack][0]], int):
            self._find(stack, times, found)
            return
        todo, seen = [stack], set[int]()
        while todo:
            stack = todo.pop()
            if stack in seen:
                continue
            seen.add(stack)
            place, below = self._stacks[stack]
            element = self._elements[place]
            if isinstance(element, int):
                self._step()
                rest = self._pushed(place + 1, below)
                todo += [self._pushed(start, rest) for start in self._rules[element]]
            else:
                self._find(stack, times, found)

    def _find(self, stack: int, times: int, found: Ways) -> None:
        self._step()
        found[stack] = found.get(stack, 0) + times
        self._found += times
        if self._found > self._most:
            raise TooMany("ways of reading the same text", self._found, self._most)

    def _step(self) -> None:
        self._steps += 1
        steps, most = self._steps - self._steps_before, self._most * _STEPS_OF_ONE_WAY
        if steps > most:
            raise TooMany("steps from one letter to the next", steps, most)

    def _pushed(self, place: int, below: int) -> int:
        """The number of the stack with `place` on `below`; nothing is pushed at the end of an alternative."""
        if self._elements[place] is None:
            return below
        key = (place, below)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._stacks)
            self._stacks.append(key)
        return number

    def _letters(self, ways: Ways) -> list[int]:
        """Letters that ways go on with, those first that most do."""
        changes: dict[int, int] = defaultdict(int)
        for place, times in self._places(ways).items():
            element = self._elements[place]
            if isinstance(element, tuple):
                self._steps += len(element[1]) // _RANGES_OF_ONE_STEP
                _add_changes(element, times, changes)
        letters = sorted(changes)
        counts = zip(accumulate(changes[letter] for letter in letters), letters, strict=True)
        return [letter for count, letter in nlargest(_MOST_LETTERS, counts) if count > 0]

    def _places(self, ways: Ways) -> Ways:
        """Where ways go on, and how many at each."""
        places: Ways = defaultdict(int)
        for stack, times in ways.items():
            if stack:
                places[self._stacks[stack][0]] += times
        return places


def _add_changes(terminal: Terminal, times: int, changes: dict[int, int]) -> None:
    """At which letters `times` more ways begin to go on, or cease to."""
    meant, ranges = terminal
    sign = times if meant else -times
    if not meant:
        changes[0] += times
    for least, greatest in ranges:
        changes[least] += sign
        changes[greatest + 1] -= sign


def _fits(element: Element, letter: int) -> bool:
    if not isinstance(element, tuple):
        return False
    meant, ranges = element
    return any(least <= letter <= greatest for least, greatest in ranges) == meant


class Beginnings:
    """Whether a rule begins with itself: looked for as the engine does it, anew on each way to a rule."""

    def __init__(self, grammar: Grammar, most: int, deepest: int) -> None:
        self._grammar = grammar
        self._left = self._most = most
        self._deepest = deepest
        self._empty: set[int] = set()
        self._visited: set[int] = set()

    def recur(self) -> bool:
        """Raises `TooMany`."""
        return any(rule not in self._visited and self._recurs(rule) for rule in sorted(self._grammar.rules))

    def _recurs(self, rule: int) -> bool:
        path, within = [(rule, self._leading(rule))], {rule}
        while path:
            rule, leading = path[-1]
            following = next(leading, None)
            if following is None:
                path.pop()
                within.discard(rule)
                self._visited.add(rule)
            elif following in within:
                return True
            else:
                path.append((following, self._leading(following)))
                within.add(following)
                self._spend(len(path))
        return False

    def _leading(self, rule: int) -> Iterator[int]:
        """The rules that a text of `rule` may begin with; one that may be empty is looked behind."""
        elements, starts = self._grammar.elements, self._grammar.rules[rule]
        if any(elements[start] is None for start in starts):
            self._empty.add(rule)
        for start in starts:
            while isinstance(following := elements[start], int):
                yield following
                if following not in self._empty:
                    break
                start += 1

    def _spend(self, depth: int) -> None:
        self._left -= 1
        if depth > self._deepest:
            raise TooMany("rules that begin with one another", depth, self._deepest)
        if self._left < 0:
            raise TooMany("ways from rule to rule", self._most + 1, self._most)
