"""A disk that fails at the n-th step, and a program that is killed there, for every n: nothing told is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .faults import environment, needs_faults


@needs_faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("kind", "every", "at_least"),
    [
        ("kills", 5, 80),
        pytest.param("kills", 1, 400, marks=pytest.mark.slow),
        pytest.param("errors", 1, 800, marks=pytest.mark.slow),
    ],
)
def test_at_every_step(kind: str, every: int, at_least: int, fault_library: Path, fast_journal: Path) -> None:
    """Killed before each step and in the middle of each write; no room, an I/O error, a short write, a disk that stays
    full. What is there then is what was told last, or the one change after it; the file is whole, and the session
    goes on."""
    command = [sys.executable, "-m", "tests.worker.journal.sweep", kind, str(fast_journal), str(every)]
    done = subprocess.run(
        command,
        env=environment(fault_library, fast_journal),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *wrong, last = done.stdout.splitlines()
    assert not wrong
    assert int(last.removeprefix("faults: ")) > at_least
