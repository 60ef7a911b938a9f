"""Where the client libraries are installed: `python -m tests.http.clients` does it, apart from our own packages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".clients"
SCRIPTS = Path(__file__).parent
JAVASCRIPT = SCRIPTS.parent / "javascript"
NPM = SCRIPTS / "npm"
DAILY = ("main", "litellm", "ollama")
"""What `make test` needs."""


def environments() -> list[str]:
    """All that there are: one for each file of requirements."""
    return sorted(file.stem for file in (SCRIPTS / "requirements").glob("*.txt"))


def requirements_of(environment: str) -> Path:
    return SCRIPTS / "requirements" / f"{environment}.txt"


def python_of(environment: str) -> Path:
    """The interpreter that has the libraries."""
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return FOLDER / environment / folder / "python"


def installed(environment: str) -> bool:
    ready = FOLDER / environment / ".ready"
    return ready.is_file() and ready.read_text() == requirements_of(environment).read_text()


def install(environment: str) -> None:
    """Create the environment, unless it is there and current."""
    if installed(environment):
        return
    requirements = requirements_of(environment)
    venv.create(FOLDER / environment, with_pip=True, clear=True)
    pip = [str(python_of(environment)), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)  # an older one resolves these for half an hour
    subprocess.run([*pip, "--requirement", str(requirements)], check=True)
    (FOLDER / environment / ".ready").write_text(requirements.read_text())


def npm_installed(folder: Path) -> bool:
    """Whether the npm packages that a folder names are there."""
    named = json.loads((folder / "package.json").read_text())["dependencies"]
    return all((folder / "node_modules" / name).is_dir() for name in named)


def install_npm(folder: Path) -> None:
    """Install the npm packages that a folder names, where there is npm."""
    npm = shutil.which("npm")
    if npm and not npm_installed(folder):
        options = ["--no-audit", "--no-fund", "--no-package-lock", "--silent"]
        subprocess.run([npm, "install", *options], cwd=folder, check=True)
