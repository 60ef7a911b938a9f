"""The version, which stands in one place."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "llama_worker" / "_version.py"


def version() -> str:
    """That of this checkout."""
    found = re.search(r'^__version__ = "([^"]+)"$', FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]
