"""Where the client libraries are installed: `python -m tests.http.clients` does it, apart from our own packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".clients"
SCRIPTS = Path(__file__).parent
JAVASCRIPT = SCRIPTS.parent / "javascript"
JAVASCRIPT_PACKAGES = ("@types/node", "axe-core", "ollama", "openai", "pyright", "typescript")
REQUIREMENTS = {
    "main": "requirements.txt",
    "litellm": "requirements-litellm.txt",
    "ollama": "requirements-ollama.txt",
}


def python_of(environment: str) -> Path:
    """The interpreter that has the libraries."""
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return FOLDER / environment / folder / "python"


def installed(environment: str) -> bool:
    wanted = (SCRIPTS / REQUIREMENTS[environment]).read_text()
    ready = FOLDER / environment / ".ready"
    return ready.is_file() and ready.read_text() == wanted


def install(environment: str) -> None:
    """Create the environment, unless it is there and current."""
    if installed(environment):
        return
    requirements = SCRIPTS / REQUIREMENTS[environment]
    venv.create(FOLDER / environment, with_pip=True, clear=True)
    pip = [str(python_of(environment)), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)  # an older one resolves these for half an hour
    subprocess.run([*pip, "--requirement", str(requirements)], check=True)
    (FOLDER / environment / ".ready").write_text(requirements.read_text())


def install_javascript() -> None:
    """Install the npm packages, where there is npm."""
    npm = shutil.which("npm")
    if npm and not all((JAVASCRIPT / "node_modules" / name).is_dir() for name in JAVASCRIPT_PACKAGES):
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"], cwd=JAVASCRIPT, check=True
        )
