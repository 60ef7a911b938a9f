"""Try signatures with the real package: `python -m tests.worker.signing.proof [PYTEST'S OPTIONS]`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.worker.signing.proof.environment import PYTHON, ROOT, install

SUITE = Path(__file__).parent / "suite"


def main(options: list[str]) -> int:
    """0 when everything passes."""
    install()
    command = [str(PYTHON), "-m", "pytest", "-c", str(SUITE / "pytest.ini"), "--rootdir", str(ROOT), str(SUITE)]
    outside = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, *options], env=outside, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
