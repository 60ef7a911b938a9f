"""The comparison claims nothing that no test shows."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "compare-node-llama-cpp.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TABLE)
    assert len(named) > 40
    for file, test in named:
        texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "worker").rglob(file)]
        assert any(f"def {test}(" in text for text in texts), f"{file}::{test}"


def test_every_row_has_a_test_or_a_reason() -> None:
    rows = [line for line in TABLE.splitlines() if line.startswith("| `") or line.startswith("| handler")]
    for row in rows:
        assert "::test_" in row or "| none: " in row, row
