"""What a chat template writes next to a content, read from its source.

A content that ends with `<|im_end|` becomes a token where the template goes on with `>`, and one that begins with `>`
where it stopped with `<|im_end|`. Both are rare, so it costs little to be strict: what counts is whether the rest of a
name stands at the edge of any literal of the template.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

_REMOVING = re.compile(r"""replace\(\s*(['"])(.+?)\1\s*,\s*(['"])\3\s*\)""")
_BEFORE_LITERAL, _AFTER_LITERAL = "}'\"", "{'\""  # and white space, and nothing


class Borders:
    """For a template's source and the names of special tokens: the beginnings and ends of content that matter.

    `removed` are texts that the template takes out of contents, so that what stood around them meets.
    """

    def __init__(self, template: str = "", names: Iterable[str] = ()) -> None:
        self.removed = tuple({match[2] for match in _REMOVING.finditer(template)})
        halves = [*_halves(template, [name for name in names if len(name) > 1])]
        self._endings = _by_length(half for half, ends in halves if ends)
        self._beginnings = _by_length(half for half, ends in halves if not ends)

    def places(self, text: str) -> set[int]:
        """Where `text` must be broken, so that nothing comes about at its edges, white space there trimmed or not."""
        inner = text.strip()
        if not inner:
            return set()
        start = len(text) - len(text.lstrip())
        end = start + len(inner)
        places = {end - size + 1 for size, halves in self._endings.items() if inner[-size:] in halves}
        if any(inner[:size] in halves for size, halves in self._beginnings.items()):
            places.add(start)
        return places


def _halves(template: str, names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The parts of names that a content could bring: whether as its end, the template having the rest, or not."""
    stands: dict[tuple[str, bool], bool] = {}
    for name in names:
        for cut in range(len(name) - 1, 0, -1):
            if name[cut:] not in template:
                break
            if _stands(template, name[cut:], stands, begins=True):
                yield name[:cut], True
        for cut in range(1, len(name)):
            if name[:cut] not in template:
                break
            if _stands(template, name[:cut], stands, begins=False):
                yield name[cut:], False


def _stands(template: str, part: str, known: dict[tuple[str, bool], bool], *, begins: bool) -> bool:
    """Whether a literal of the template begins, or ends, with `part`."""
    if (part, begins) not in known:
        known[part, begins] = any(_is_edge(beside, begins=begins) for beside in _beside(template, part, begins=begins))
    return known[part, begins]


def _beside(template: str, part: str, *, begins: bool) -> Iterator[str]:
    """The character before each place where `part` stands, or after it; empty at the template's own edges. A pattern
    for each part would do as well, and take 15 ms of a load to be compiled."""
    place = template.find(part)
    while place >= 0:
        yield template[max(place - 1, 0) : place] if begins else template[place + len(part) : place + len(part) + 1]
        place = template.find(part, place + 1)


def _is_edge(character: str, *, begins: bool) -> bool:
    return not character or character.isspace() or character in (_BEFORE_LITERAL if begins else _AFTER_LITERAL)


def _by_length(texts: Iterable[str]) -> dict[int, set[str]]:
    lengths: dict[int, set[str]] = defaultdict(set)
    for text in texts:
        lengths[len(text)].add(text)
    return dict(lengths)
