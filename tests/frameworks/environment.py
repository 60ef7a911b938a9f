"""Where each framework is installed, apart from all others, with this package and the extra for it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".frameworks"
REQUIREMENTS = Path(__file__).parent / "requirements"
FRAMEWORKS = tuple(sorted(file.stem for file in REQUIREMENTS.glob("*.txt") if file.stem != "tools"))


def python_of(framework: str) -> Path:
    """The interpreter that has it."""
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return FOLDER / framework / folder / "python"


def install(framework: str) -> None:
    """Create the environment, unless it is there and current."""
    wanted, ready = _wanted(framework), FOLDER / framework / ".ready"
    if ready.is_file() and ready.read_text() == wanted:
        return
    venv.create(FOLDER / framework, with_pip=True, clear=True)
    pip = [str(python_of(framework)), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    files = [word for name in ("tools", framework) for word in ("--requirement", str(REQUIREMENTS / f"{name}.txt"))]
    package = f"{ROOT}[{framework.replace('_', '-')}]"
    subprocess.run([*pip, *files, "--editable", package], check=True)
    ready.write_text(wanted)


def _wanted(framework: str) -> str:
    """What the environment is made of: another one is made when it changes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [(REQUIREMENTS / f"{name}.txt").read_text() for name in ("tools", framework)]
    chosen = [project["dependencies"], project["optional-dependencies"], project["entry-points"], str(ROOT)]
    return "\n".join([*texts, repr(chosen)])
