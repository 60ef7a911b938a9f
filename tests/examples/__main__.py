"""Run the examples with the packages that they show: `python -m tests.examples [--screenshots] [PYTEST...]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.examples.environment import EXAMPLES, ROOT, install, install_javascript, python

SCREENSHOTS = "--screenshots"


def types_hold() -> bool:
    """mypy, strict, of each example by itself, as scripts have names in common, and of their tests."""
    folders = sorted({path.parent for path in EXAMPLES.glob("*/*.py")})
    outcomes = [_holds(folder, "--config-file", "tests/examples/mypy.ini", str(folder)) for folder in folders]
    tests = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests" / "examples" / "apps").glob("*.py"))]
    return all([*outcomes, _holds(ROOT / "src", *tests)])


def _holds(beside: Path, *arguments: str) -> bool:
    """Whether mypy agrees; what stands beside an example is imported as when it runs."""
    command = [str(python()), "-m", "mypy", *arguments]
    return not subprocess.run(command, cwd=ROOT, env=os.environ | {"MYPYPATH": str(beside)}, check=False).returncode


def main() -> int:
    install()
    install_javascript()
    arguments = [argument for argument in sys.argv[1:] if argument != SCREENSHOTS]
    environment = dict(os.environ)
    if SCREENSHOTS in sys.argv:
        environment["LLAMA_WORKER_SCREENSHOTS"] = "1"
    display = [] if environment.get("DISPLAY") else _virtual_display()
    tests = [*display, str(python()), "-m", "pytest", "-m", "", "tests/examples", *arguments]
    failed = subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode
    return failed or int(not types_hold())


def _virtual_display() -> list[str]:
    """What runs a program with a screen that nobody sees, where there is one: Debian has it in `xvfb`."""
    return ["xvfb-run", "--auto-servernum"] if shutil.which("xvfb-run") else []


if __name__ == "__main__":
    sys.exit(main())
