"""What a link calls a heading: a repository's pages and the site's make it of the words in different ways."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from generators.translations import headings

_headings = cache(headings)


def on_site(anchor: str, named: Path, shown: Path) -> str:
    """The site's anchor for a heading of `named`, on the page shown in its place: itself, or its translation."""
    there = _headings(named) if named.suffix == ".md" and named.is_file() else []
    if anchor not in there:
        return anchor
    translated = _headings(shown)
    return _without_accents(translated[there.index(anchor)]) if len(translated) == len(there) else anchor


def _without_accents(anchor: str) -> str:
    letters = unicodedata.normalize("NFKD", anchor).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", letters)
