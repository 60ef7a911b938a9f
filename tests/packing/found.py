"""What `programs/assistant.py` prints when all is well."""

from __future__ import annotations

import json


def check(printed: str) -> list[str]:
    """Fails when something is not; gives the folders of packages that the program has seen."""
    found = json.loads(printed)
    assert "language model" in found.pop("answer")
    assert found.pop("pieces") > 1
    assert found.pop("again")
    packages: list[str] = found.pop("packages")
    assert found == {"broken": "invalid_model", "confined": True, "aborted": "abort", "died": "engine_died"}
    return packages
