"""The table in docs/downloads.md and the tests of faults belong together, row by row."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = (HERE.parents[2] / "docs" / "downloads.md").read_text()
NAME = re.compile(r"\btest_[a-z0-9_]+\b(?!\.py)")


def names_of_tests(pattern: str) -> set[str]:
    sources = "".join(path.read_text() for path in HERE.glob(pattern))
    return set(re.findall(r"^(?:async )?def (test_\w+)", sources, re.MULTILINE))


def test_every_row_names_tests_that_exist() -> None:
    named = set(NAME.findall(TABLE))
    assert len(named) > 40
    assert named <= names_of_tests("test_*.py")


def test_every_fault_has_a_row() -> None:
    assert names_of_tests("test_download_faults.py") <= set(NAME.findall(TABLE))
