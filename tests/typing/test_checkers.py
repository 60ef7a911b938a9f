"""What type checkers, and so editors, make of a user's program: mypy and pyright, both strict."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import llama_worker
from tests.http.clients.environment import JAVASCRIPT, ROOT

pytestmark = pytest.mark.timeout(300)  # a checker without a cache reads all that is imported
HERE = Path(__file__).parent
RIGHT, WRONG = "right.py", "wrong.py"
PYRIGHT = JAVASCRIPT / "node_modules" / "pyright" / "index.js"
# On the interpreter's path the package is what it is to a user: installed, and typed because it says so.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(llama_worker.__file__).parents[1])}

Found = dict[int, str]
Checker = Callable[[str], Found]


@cache
def output_of(*command: str | Path) -> str:
    """A checker's words, whatever it found."""
    process = subprocess.run(command, cwd=HERE, env=ENVIRONMENT, capture_output=True, text=True)
    assert process.returncode in (0, 1), process.stdout + process.stderr
    return process.stdout


def mypy(file: str) -> Found:
    cache = ROOT / ".mypy_cache" / "user"
    output = output_of(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", cache, RIGHT, WRONG)
    found = re.findall(rf"^{file}:(\d+): error: (.*)", output, re.MULTILINE)
    return {int(line): message for line, message in found}


def pyright(file: str) -> Found:
    node = shutil.which("node")
    if node is None or not PYRIGHT.is_file():
        pytest.skip("needs Node, and pyright: `python -m tests.http.clients` installs it")
    report = json.loads(output_of(node, PYRIGHT, "--outputjson", "--pythonpath", sys.executable))
    diagnostics = [one for one in report["generalDiagnostics"] if Path(one["file"]).name == file]
    return {one["range"]["start"]["line"] + 1: one["message"] for one in diagnostics}


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])


@CHECKERS
def test_a_right_program_has_no_errors(checker: Checker) -> None:
    assert checker(RIGHT) == {}


@CHECKERS
def test_every_mistake_is_found_and_nothing_else(checker: Checker) -> None:
    lines = (HERE / WRONG).read_text(encoding="utf-8").splitlines()
    planted = {number for number, line in enumerate(lines, 1) if line.endswith("# mistake")}
    found = checker(WRONG)
    assert found.keys() - planted == set(), {line: found[line] for line in found.keys() - planted}
    assert planted - found.keys() == set(), [lines[line - 1].strip() for line in sorted(planted - found.keys())]
