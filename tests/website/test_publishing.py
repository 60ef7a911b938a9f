"""Versions of the site stand beside each other."""

from __future__ import annotations

import json
from pathlib import Path

from website.publishing import entries


def test_the_newest_version_is_first_and_the_latest(tmp_path: Path) -> None:
    for version in ("0.1.0", "0.2.0", "0.2.0"):
        (tmp_path / "versions.json").write_text(json.dumps(entries(tmp_path, version)), encoding="utf-8")
    told = json.loads((tmp_path / "versions.json").read_text(encoding="utf-8"))
    assert [(entry["version"], entry["aliases"]) for entry in told] == [("0.2.0", ["latest"]), ("0.1.0", [])]
