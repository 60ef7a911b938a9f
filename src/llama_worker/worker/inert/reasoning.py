"""The one place in a message where special tokens may stand: reasoning at the beginning of what a model said.

Templates look there for `<think>` and `</think>` themselves, to leave old reasoning out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class ReasoningMarks:
    """The pairs among `names` that enclose reasoning."""

    def __init__(self, names: Iterable[str]) -> None:
        pairs = "|".join(f"({re.escape(begin)})(.*?)({re.escape(end)})" for begin, end in _pairs(frozenset(names)))
        self._block = re.compile(rf"\s*(?:{pairs})", re.DOTALL) if pairs else None

    def parts(self, text: str) -> tuple[str, str, str, str]:
        """The opening mark with what stands before it, the reasoning, the closing mark, and the rest."""
        match = self._block.match(text) if self._block else None
        if match is None:
            return "", "", "", text
        _, inner, end = (group for group in match.groups() if group is not None)
        return match[0][: -len(inner + end)], inner, end, text[match.end() :]


def _pairs(names: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(names):
        if "think" in name.lower():
            for end in (f"{name[:1]}/{name[1:]}", name.replace("START", "END")):
                if end != name and end in names:
                    yield name, end
