"""Translations below docs/: what is no language in them, code and where links lead, is made of the English pages.

A translation stands at the English page's path below its language's folder. It has the same blocks in the same order,
so its code is written anew from the English page's, and a link to a heading finds the one at the same place.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LANGUAGES = ("pt-BR",)
CODE = re.compile(r"^(?P<indent> *)(?P<fence>```|~~~).*?^(?P=indent)(?P=fence)$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?P<path>[^)\s#:]*)(?P<anchor>#[^)\s]*)?\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def files() -> dict[str, str]:
    made = {}
    for language in LANGUAGES:
        translations = pages(language)
        for original, translation in translations.items():
            if blocks_of_code(original) == blocks_of_code(translation):  # else a test says what is missing
                made[translation.relative_to(ROOT).as_posix()] = _text(original, translations)
    return made


def pages(language: str) -> dict[Path, Path]:
    """The English pages that are translated, and their translations."""
    folder = ROOT / "docs" / language
    below = {ROOT / "docs" / page.relative_to(folder): page for page in sorted(folder.rglob("*.md"))}
    return {ROOT / "README.md": ROOT / f"README.{language}.md"} | below


def blocks_of_code(page: Path) -> int:
    return len(CODE.findall(page.read_text(encoding="utf-8")))


def headings(page: Path) -> list[str]:
    """The anchors of a page's headings, as repositories and the site make them of their words."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    return [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in _HEADING.findall(text)]


def _text(original: Path, translations: dict[Path, Path]) -> str:
    """A translation with the original's code, whose links lead to translations where there are some."""
    text = translations[original].read_text(encoding="utf-8")
    code = iter([match[0] for match in CODE.finditer(original.read_text(encoding="utf-8"))])
    between = CODE.sub("\0", text).split("\0")
    linked = [_LINK.sub(lambda match: _link(match, original, translations), part) for part in between]
    return linked[0] + "".join(block + part for block, part in zip(code, linked[1:], strict=True))


def _link(match: re.Match[str], original: Path, translations: dict[Path, Path]) -> str:
    page = translations[original]
    named = _named(match["path"], original, page) if match["path"] else page
    if named == original or not (match["path"] or match["anchor"]):
        return match[0]  # to the original itself
    english = next((each for each, translation in translations.items() if translation == named), named)
    target = translations.get(english, named)
    path = os.path.relpath(target, page.parent).replace(os.sep, "/") if target != page else ""
    return f"]({path}{_anchor(match['anchor'] or '', english, target)})"


def _named(path: str, original: Path, translation: Path) -> Path:
    """The file of a link, seen from the translation or, as a translator leaves it, from the original."""
    beside, before = (Path(os.path.normpath(page.parent / path)) for page in (translation, original))
    return beside if beside.exists() else before


def _anchor(anchor: str, english: Path, target: Path) -> str:
    if not anchor or english == target:
        return anchor
    theirs, ours = headings(english), headings(target)
    there = anchor[1:] in theirs and len(theirs) == len(ours)
    return f"#{ours[theirs.index(anchor[1:])]}" if there else anchor
