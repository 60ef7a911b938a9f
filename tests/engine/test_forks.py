"""A forked child is not the program: whatever it does at its end, the engines are not its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")


@pytest.mark.parametrize(
    "mode", ["coroutine", "coroutine-runs-another", "generating", "bridge", "thread", "multiprocessing", "using"]
)
def test_an_engine_outlives_a_forked_child(mode: str, random_model_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fakes.forking", mode, str(random_model_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True True True\n", "", 0)
