"""Translations below docs/: what is no language in them, code and where links lead, is made of the English pages.

A translation stands at the English page's path below its language's folder. It has the same parts in the same order, so
its code is written anew from the English page's, and a link to a heading finds the one at the same place. What an
example prints is written into the English page by `python -m website examples`, and comes into translations here.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from website.examples.page import RUN, blocks

ROOT = Path(__file__).parents[1]
LANGUAGES = ("pt-BR",)
CODE = re.compile(r"^(?P<indent> *)(?P<fence>```|~~~).*?^(?P=indent)(?P=fence)$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?P<path>[^)\s#:]*)(?P<anchor>#[^)\s]*)?\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def files() -> dict[str, str]:
    return {
        translation.relative_to(ROOT).as_posix(): _linked(_with_code(original, translation), original, translations)
        for translations in map(pages, LANGUAGES)
        for original, translation in translations.items()
    }


def pages(language: str) -> dict[Path, Path]:
    """The English pages that are translated, and their translations."""
    folder = ROOT / "docs" / language
    below = {ROOT / "docs" / page.relative_to(folder): page for page in sorted(folder.rglob("*.md"))}
    return {ROOT / "README.md": ROOT / f"README.{language}.md"} | below


def headings(page: Path) -> list[str]:
    """The anchors of a page's headings, as repositories and the site make them of their words."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    return [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in _HEADING.findall(text)]


def _with_code(original: Path, translation: Path) -> str:
    """A translation with the original's code; as it is where a block is missing: a test says which."""
    english = original.read_text(encoding="utf-8")
    text = with_examples(translation.read_text(encoding="utf-8"), english)
    code = [match[0] for match in CODE.finditer(english)]
    if len(CODE.findall(text)) != len(code):
        return text
    whole = iter(code)
    return CODE.sub(lambda _: next(whole), text)


def with_examples(text: str, english: str) -> str:
    """A translation whose examples have the notes and the output of the English page's; as it is when its code is
    another."""
    ours, theirs = blocks(text, RUN), blocks(english, RUN)
    if [block.code for block in ours] != [block.code for block in theirs]:
        return text
    for here, there in reversed(list(zip(ours, theirs, strict=True))):
        text = text[: here.span[0]] + english[slice(*there.span)] + text[here.span[1] :]
    return text


def _linked(text: str, original: Path, translations: dict[Path, Path]) -> str:
    """With links that lead to translations where there are some."""
    code = iter([match[0] for match in CODE.finditer(text)])
    prose = [
        _LINK.sub(lambda match: _link(match, original, translations), part) for part in CODE.sub("\0", text).split("\0")
    ]
    return prose[0] + "".join(block + part for block, part in zip(code, prose[1:], strict=True))


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
