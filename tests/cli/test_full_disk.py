"""Output that cannot be written: one sentence and an exit code, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")


@pytest.mark.parametrize(
    "command",
    [
        "run builtin hi --max-tokens 3",
        "list",
        pytest.param("show builtin", marks=pytest.mark.slow),
        pytest.param("estimate builtin", marks=pytest.mark.slow),
        "doctor",
        "--help",
        pytest.param("alias --json", marks=pytest.mark.slow),
        pytest.param("run builtin hi --json --max-tokens 3", marks=pytest.mark.slow),
        "--version",
        pytest.param("run -h", marks=pytest.mark.slow),
    ],
)
def test_a_full_disk(command: str) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "llama_worker", *command.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.slow
def test_notes_that_nobody_can_read_are_let_go() -> None:
    """A full disk under standard error is no reason to fail when the answer was given."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "llama_worker", "run", "builtin", "hi", "--max-tokens", "3"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0
    assert done.stdout.strip()


@pytest.mark.parametrize("command", ["list | true", "list >&-"])
def test_readers_that_leave_and_closed_streams(command: str) -> None:
    line = f"set -o pipefail; {sys.executable} -m llama_worker {command}"
    done = subprocess.run(["bash", "-c", line], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if ">&-" in command:
        assert done.returncode == 1
        assert done.stderr == "error: Standard output is closed; >/dev/null throws the output away.\n"
