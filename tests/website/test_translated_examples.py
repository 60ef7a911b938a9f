"""A translation gets its original's examples with what they print."""

from __future__ import annotations

from pathlib import Path

import pytest
from generators import examples
from website.pages import Language

ENGLISH = '# A\n\n<!-- output varies: why -->\n```python\nprint(1)\n```\n\n```text title="Output"\n1\n```\n\nEnd.\n'
PORTUGUESE = "# B\n\n```python\nprint(1)\n```\n\nFim.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "guide").mkdir()
    (tmp_path / "pt" / "guide").mkdir(parents=True)
    (tmp_path / "guide" / "a.md").write_text(ENGLISH, encoding="utf-8")
    monkeypatch.setattr(examples, "LANGUAGES", [Language("pt", "Português", tmp_path / "pt")])
    monkeypatch.setattr(examples, "DOCS", tmp_path)
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    return tmp_path


def test_a_translation_gets_notes_and_output(folder: Path) -> None:
    page = folder / "pt" / "guide" / "a.md"
    page.write_text(PORTUGUESE, encoding="utf-8")
    made = examples.files()
    assert made == {"pt/guide/a.md": ENGLISH.replace("# A", "# B").replace("End.", "Fim.")}
    page.write_text(made["pt/guide/a.md"], encoding="utf-8")
    assert examples.files() == {}


def test_one_with_other_code_is_left_to_its_translator(folder: Path) -> None:
    (folder / "pt" / "guide" / "a.md").write_text(PORTUGUESE.replace("print(1)", "print(2)"), encoding="utf-8")
    assert examples.files() == {}
