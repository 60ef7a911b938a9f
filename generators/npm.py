"""What the npm package says as the Python package does: version, licence, author, where it is developed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from llama_worker import __version__

ROOT = Path(__file__).parents[1]
FOLDER = "clients/javascript"
PACKAGE = f"{FOLDER}/package.json"


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    package = json.loads((ROOT / PACKAGE).read_text(encoding="utf-8")) | _same()
    return {
        PACKAGE: json.dumps(package, indent=2, ensure_ascii=False) + "\n",
        f"{FOLDER}/LICENSE": (ROOT / "LICENSE").read_text(encoding="utf-8"),
    }


def _same() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    repository = project["urls"]["Repository"]
    return {
        "version": __version__,
        "homepage": f"{repository}/tree/main/{FOLDER}#readme",
        "bugs": {"url": project["urls"]["Issues"]},
        "repository": {"type": "git", "url": f"git+{repository}.git", "directory": FOLDER},
        "author": project["authors"][0]["name"],
        "license": project["license"],
    }
