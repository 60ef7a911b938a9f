"""Writes every generated file, or with `--check` names those that are not current and ends with 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

from . import (
    abilities,
    architecture,
    clients,
    commands,
    javascript,
    keywords,
    models_that_work,
    npm,
    page,
    parity,
    protocol,
    schema,
    settings,
    subscriptions,
    translations,
    typescript,
)

ROOT = Path(__file__).parents[1]
PARTS = (
    keywords,
    subscriptions,
    schema,
    settings,
    protocol,
    typescript,
    javascript,
    npm,
    page,
    architecture,
    models_that_work,
    abilities,
    clients,
    commands,
    parity,
    translations,  # of what the others have written
)


def main() -> int:
    checking = "--check" in sys.argv
    stale = [path for part in PARTS for path in _made(part, write=not checking)]
    for path in stale if checking else []:
        sys.stderr.write(f"{path} is not current: run `python -m generators`\n")
    return 1 if checking and stale else 0


def _made(part: ModuleType, *, write: bool) -> list[str]:
    """Those of a part's files that were not current."""
    made = {path: _formatted(path, text) for path, text in part.files().items()}
    stale = [path for path, text in made.items() if _current(path) != text]
    for path in stale if write else []:
        (ROOT / path).write_text(made[path], encoding="utf-8")
    return stale


def _current(path: str) -> str | None:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _formatted(path: str, text: str) -> str:
    """Python as the house formats it."""
    if not path.endswith(".py"):
        return text
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(ROOT / path), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
