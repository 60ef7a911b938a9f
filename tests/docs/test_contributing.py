"""CONTRIBUTING names files that exist, and at most six for each recipe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "llama_worker"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"\*\*\.\.\.(.+?)\*\*(.*?)(?=\n\*\*\.\.\.|\n## Tests)", TEXT, re.DOTALL))
NAMED = re.compile(r"`([\w/]+(?:/|\.(?:py|md))[\w*./]*)`")


def files_in(text: str) -> set[str]:
    return {name for name in NAMED.findall(text) if not name.isupper()}


@pytest.mark.parametrize("name", sorted(files_in(TEXT) - {"cli/commands/ROOM/NAME.py"}))
def test_what_is_named_exists(name: str) -> None:
    assert any(list(root.glob(name.rstrip("/"))) for root in (PACKAGE, ROOT))


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_names_at_most_six_files_to_change(title: str) -> None:
    """Tests and documents are not counted, nor what is only mentioned after the numbered list."""
    text = RECIPES[title]
    steps = re.findall(r"^\d\. (?:.+\n(?:   .+\n)*)", text, re.MULTILINE)
    named = [files_in(step) for step in steps] if steps else [files_in(text)]
    changed = {name for names in named for name in names if name.endswith(".py") and not name.startswith("tests/")}
    assert files_in(RECIPES[title])
    assert max(len(steps), len(changed) if not steps else 0) <= 6
