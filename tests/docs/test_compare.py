"""The comparison claims nothing that no test shows."""

from __future__ import annotations

import re
from pathlib import Path

from tests.compare.claims import CLAIMS

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


def test_every_warning_is_a_claim_that_is_asked() -> None:
    """But the one about tokens of other families' vocabularies, which needs their models."""
    warnings = re.findall(r"⚠ ([^)|]+)[)]", TABLE.partition("\n## ")[2])
    asked = [words for words in warnings if not words.startswith("tokens typed as user defined")]
    assert sorted(", ".join(asked).split(", ")) == sorted(CLAIMS.values())
