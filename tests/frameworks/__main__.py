"""Try the providers in their frameworks: `python -m tests.frameworks [FRAMEWORK...] [-- PYTEST'S OPTIONS]`.

Installs each framework when it is not, then has mypy look at its provider with the framework's real types, and runs its
tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.frameworks.environment import FOLDER, FRAMEWORKS, ROOT, install, python_of

SUITES = Path(__file__).parent / "suites"
PROVIDERS = ROOT / "src" / "llama_worker" / "integrations"


def main(arguments: list[str]) -> int:
    """0 when everything passes."""
    names, _, options = " ".join(arguments).partition("--")
    for framework in (asked := names.split() or list(FRAMEWORKS)):
        install(framework)
    return max(_tried(framework, options.split()) for framework in asked)


def _tried(framework: str, options: list[str]) -> int:
    sys.stdout.write(f"== {framework}\n")
    sys.stdout.flush()
    python, suite = str(python_of(framework)), SUITES / framework
    cache = ["--cache-dir", str(FOLDER / framework / "mypy")]
    types = [python, "-m", "mypy", "--config-file", str(SUITES / "mypy.ini"), *cache]
    tests = [python, "-m", "pytest", "-c", str(SUITES / "pytest.ini"), "--rootdir", str(ROOT), str(suite)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT / "src")}
    checked = [str(PROVIDERS / framework), str(PROVIDERS / "access"), str(suite / "typed.py")]
    for command in ([*types, *checked], [*tests, *options]):
        if failed := subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode:
            return failed
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
