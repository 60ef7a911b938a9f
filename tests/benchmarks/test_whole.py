"""A comparison measured as a person would have it measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.comparisons import all_comparisons

import llama_worker

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=300
    )


@pytest.mark.slow
def test_decoding_with_the_built_in_model(tmp_path: Path) -> None:
    builtin = Path(llama_worker.__file__).parent / "assets" / "builtin.gguf"
    done = run("decode", "--quick", "--rounds", "1", "--model", str(builtin), "--folder", str(tmp_path))
    assert done.returncode in (0, 1), done.stderr  # whether the bars hold beside a test is chance
    (decode,) = json.loads((tmp_path / "results.json").read_text())["comparisons"]
    assert {"ours", "bare"} < {side["name"] for side in decode["sides"]}
    assert all(side["figures"]["decode"]["median"] > 0 for side in decode["sides"])
    assert decode["failures"] == {}
    assert "decode, idle" in (tmp_path / "results.md").read_text()


@pytest.mark.slow
def test_a_comparison_that_is_not_there_is_a_mistake() -> None:
    done = run("nonsense")
    assert done.returncode == 2
    assert "There is no comparison 'nonsense'" in done.stderr


def test_every_bar_is_about_a_figure_that_is_measured() -> None:
    for comparison in all_comparisons():
        names = {figure.name for figure in comparison.figures}
        assert {bar.figure for bar in comparison.bars} | set(comparison.headlines) <= names, comparison.name
