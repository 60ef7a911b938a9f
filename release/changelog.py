"""The changelog, one section for each version."""

from __future__ import annotations

import re

from release.version import ROOT

FILE = ROOT / "CHANGELOG.md"
_TITLE = re.compile(r"^## \[?(?P<version>[^\]\s]+)\]?(?: - (?P<date>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def sections(text: str) -> dict[str, tuple[str | None, str]]:
    """The date and the text of each version, "Unreleased" included, in their order."""
    titles = list(_TITLE.finditer(text))
    ends = [*(title.start() for title in titles[1:]), len(text)]
    pairs = zip(titles, ends, strict=True)
    return {title["version"]: (title["date"], text[title.end() : end].strip()) for title, end in pairs}


def notes(version: str, text: str) -> str:
    """What is new in a version; raises KeyError when nothing is said of it."""
    return sections(text)[version][1]
