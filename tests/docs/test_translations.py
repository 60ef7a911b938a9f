"""A translation has all that its English page has: its parts in their order, and in each its figures and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from generators.translations import CODE, LANGUAGES, ROOT, pages, with_examples

TRANSLATED = [
    ROOT / "README.md",
    *(page for part in ("guide", "tutorial") for page in (ROOT / "docs" / part).glob("*.md")),
]
BOTH = [
    pytest.param(original, translation, id=f"{language}-{original.stem}")
    for language in LANGUAGES
    for original, translation in pages(language).items()
]
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")
_NAME = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(page: Path) -> list[tuple[str, str]]:
    """The kind and the text of each part: a heading, a paragraph, an item of a list, a row of a table, code."""
    text = CODE.sub("```", page.read_text(encoding="utf-8"))
    return [(kind, "\n".join(lines)) for kind, lines in _parts(text.splitlines())]


def _parts(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        part: list[str] = []
        for line in () if blank else group:
            if part and begins_anew(line):
                yield kind_of(part[0]), part
                part = []
            part.append(line)
        if part:
            yield kind_of(part[0]), part


def begins_anew(line: str) -> bool:
    return kind_of(line) not in {"paragraph", "verbatim"}


def kind_of(line: str) -> str:
    if line.startswith("#"):
        return line.split(" ")[0]
    if line.startswith("|"):
        return "row"
    if line.lstrip().startswith("```"):
        return "code"
    return "item" if _ITEM.match(line) else "verbatim" if line.startswith("    ") else "paragraph"


def figures(text: str) -> Counter[str]:
    """The digits of each number that stands outside of names and addresses, whatever separates them."""
    prose = _LINK.sub("", _NAME.sub("", text))
    return Counter(re.sub(r"\D", "", number) for number in re.findall(r"\d[\d.,]*", prose))


def names(text: str) -> Counter[str]:
    return Counter(" ".join(name.split()) for name in _NAME.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_the_tutorial_and_the_guide_are_translated(language: str) -> None:
    assert set(TRANSLATED) <= set(pages(language))


@pytest.mark.parametrize(("original", "translation"), BOTH)
def test_a_translation_is_complete(original: Path, translation: Path) -> None:
    theirs, ours = blocks(original), blocks(translation)
    assert [kind for kind, _ in ours] == [kind for kind, _ in theirs]
    for (_, english), (_, translated) in zip(theirs, ours, strict=True):
        assert figures(translated) == figures(english), translated
        assert names(translated) == names(english), translated
        assert len(_LINK.findall(translated)) == len(_LINK.findall(english)), translated


@pytest.mark.parametrize(("original", "translation"), BOTH)
def test_its_links_lead_somewhere(original: Path, translation: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", translation.read_text(encoding="utf-8")):
        assert (translation.parent / target).exists(), target
    assert original.exists()


def test_an_example_comes_with_what_it_prints() -> None:
    english = '# A\n\n<!-- output varies: why -->\n```python\nprint(1)\n```\n\n```text title="Output"\n1\n```\n\nEnd.\n'
    translation = "# B\n\n```python\nprint(1)\n```\n\nFim.\n"
    whole = english.replace("# A", "# B").replace("End.", "Fim.")
    assert with_examples(translation, english) == with_examples(whole, english) == whole
    other = translation.replace("print(1)", "print(2)")
    assert with_examples(other, english) == other
