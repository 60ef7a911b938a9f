"""Where `model-signing` is installed, apart from all else, with this package."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from tests.frameworks.environment import REQUIREMENTS as OF_FRAMEWORKS

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / ".signing"
PYTHON = FOLDER / ("Scripts" if sys.platform == "win32" else "bin") / "python"
_READY = FOLDER / ".ready"
_PINNED = (Path(__file__).with_name("requirements.txt"), OF_FRAMEWORKS / "tools.txt")


def install() -> None:
    """Create the environment, unless it is there and current."""
    wanted = _wanted()
    if _READY.is_file() and _READY.read_text() == wanted:
        return
    venv.create(FOLDER, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    files = [word for path in _PINNED for word in ("--requirement", str(path))]
    subprocess.run([*pip, *files, "--editable", f"{ROOT}[signing]"], check=True)
    _READY.write_text(wanted)


def _wanted() -> str:
    """What it is made of: another one is made when that changes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chosen = [project["dependencies"], project["optional-dependencies"]["signing"], str(ROOT)]
    return "\n".join([*(path.read_text() for path in _PINNED), repr(chosen)])
