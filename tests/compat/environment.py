"""Where llama.cpp's tests of its server are, and the Python that they run in."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

from tests.families.sources import FOLDER, SERVER_TESTS, fetch

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
_ENVIRONMENT = FOLDER / "server-tests-python"
PYTHON = _ENVIRONMENT / "bin" / "python"
_READY = _ENVIRONMENT / ".ready"
__all__ = ["PYTHON", "SERVER_TESTS", "prepare"]


def prepare() -> None:
    """Fetch the tests, and install what they import apart from our own packages, unless that is done."""
    fetch()
    wanted = REQUIREMENTS.read_text()
    if _READY.is_file() and _READY.read_text() == wanted:
        return
    venv.create(_ENVIRONMENT, with_pip=True, clear=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], check=True)
    _READY.write_text(wanted)
