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
