"""A folder with the site of every version, for any web server: one folder each, a menu to change, and `latest`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from llama_worker import __version__

from .building import OUTPUT, build

LATEST = "latest"
_REDIRECT = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=latest/index.html">
<link rel="canonical" href="latest/index.html">
<title>llama-worker</title>
<a href="latest/index.html">llama-worker</a>
"""


def publish(folder: Path, version: str = __version__) -> list[str]:
    """Build this version's site and put it into the folder, where others stay; gives the problems.

    `versions.json` is what mike writes and the pages read: the newest version first.
    """
    problems = build(version=version)
    if not problems:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (version, LATEST):
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(OUTPUT, folder / name)
        (folder / "versions.json").write_text(json.dumps(entries(folder, version), indent=2), encoding="utf-8")
        (folder / "index.html").write_text(_REDIRECT, encoding="utf-8")
    return problems


def entries(folder: Path, version: str) -> list[dict[str, object]]:
    """What `versions.json` says of this version and those that were there before."""
    file = folder / "versions.json"
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    others = [entry | {"aliases": []} for entry in told if entry["version"] != version]
    return [{"version": version, "title": version, "aliases": [LATEST]}, *others]
