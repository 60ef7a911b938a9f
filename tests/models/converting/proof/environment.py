"""Where llama.cpp's converter and transformers are installed: `python -m tests.models.converting.proof` does it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.families.sources import FOLDER as SOURCES

FOLDER = Path(__file__).parents[4] / ".converting"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SCRIPTS = Path(__file__).parent / "upstream"
LLAMA_CPP = SOURCES / "llama.cpp"
PYTHON = FOLDER / ("Scripts" if sys.platform == "win32" else "bin") / "python"
_READY = FOLDER / ".ready"


def installed() -> bool:
    """Whether the environment is there and current."""
    return _READY.is_file() and _READY.read_text() == REQUIREMENTS.read_text()


def install() -> None:
    """Create the environment, unless it is there and current."""
    if installed():
        return
    venv.create(FOLDER, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
    _READY.write_text(REQUIREMENTS.read_text())


def run(script: str, *arguments: str, **more: str) -> None:
    """Run one of the scripts that need that environment, with `more` variables; when it fails, with what it printed."""
    outside = more | {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore", "LLAMA_CPP": str(LLAMA_CPP)}
    command = [str(PYTHON), str(SCRIPTS / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | outside)
    if done.returncode:
        raise RuntimeError(f"{script} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-8000:]}")
