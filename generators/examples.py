"""Translated pages have the examples of the English ones: notes and what is printed below them, too.

What an example prints is written into the English page by `python -m website examples`.
"""

from __future__ import annotations

from pathlib import Path

from website.examples.page import RUN, blocks
from website.pages import DOCS, ENGLISH, LANGUAGES, ROOT


def files() -> dict[str, str]:
    """Those translations that change."""
    folders = [language.folder for language in LANGUAGES if language.code != ENGLISH]
    pages = [page for folder in folders for page in sorted(folder.rglob("*.md"))]
    made = {page: _with_examples(page, _original(page, folders)) for page in pages}
    return {
        page.relative_to(ROOT).as_posix(): text
        for page, text in made.items()
        if text != page.read_text(encoding="utf-8")
    }


def _original(page: Path, folders: list[Path]) -> Path:
    (folder,) = (folder for folder in folders if page.is_relative_to(folder))
    return DOCS / page.relative_to(folder)


def _with_examples(page: Path, original: Path) -> str:
    """The translation as it is, when its code is another: a test of the translations says what is missing."""
    text, english = page.read_text(encoding="utf-8"), original.read_text(encoding="utf-8")
    ours, theirs = blocks(text, RUN), blocks(english, RUN)
    if [block.code for block in ours] != [block.code for block in theirs]:
        return text
    for here, there in reversed(list(zip(ours, theirs, strict=True))):
        text = text[: here.span[0]] + english[slice(*there.span)] + text[here.span[1] :]
    return text
