"""`llama-worker bench`: what it measures, and how it says so."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from llama_worker.cli.measuring.noise import Noise
from llama_worker.cli.measuring.prompts import text
from llama_worker.cli.measuring.samples import Sample
from llama_worker.cli.measuring.speeds import speed_of, table_of


def sample(answer: float, together: float | None = 5.0, noise: Noise | None = None) -> Sample:
    return Sample(prompt=100.0, first_token=0.5, answer=answer, together=together, noise=noise or Noise())


def shown(*samples: Sample) -> str:
    titles, rows = table_of([speed_of(None, samples), speed_of(2, samples)])
    return "\n".join("  ".join(line) for line in [titles, *rows])


def test_medians_are_shown_with_their_spread() -> None:
    table = shown(sample(10.0), sample(30.0), sample(20.0))
    assert "20.0 (10.0 to 30.0)" in table
    assert "as it comes" in table
    assert "chats together" in table


def test_without_chats_there_is_no_column_for_them() -> None:
    assert "chats" not in shown(sample(10.0, None))


def test_what_others_computed_is_kept() -> None:
    assert speed_of(1, [sample(1.0, noise=Noise(foreign=0.5, stolen=0.1)), sample(1.0)]).others_cores == 0.3


def test_prompts_differ() -> None:
    assert len({text(16, number) for number in range(100)}) == 100


@pytest.mark.slow
def test_the_command_as_json() -> None:
    command = [sys.executable, "-m", "llama_worker", "bench", "builtin", "--threads", "1", "--rounds", "1", "--json"]
    done = subprocess.run(
        [*command, "--tokens", "8", "--chats", "2", "--prompt-tokens", "32"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    speeds = json.loads(done.stdout)
    assert [speed["threads"] for speed in speeds] == [None, 1]
    for speed in speeds:
        for name in ("prompt", "completion", "chats"):
            assert speed[f"{name}TokensPerSecond"]["median"] > 0
        assert speed["firstTokenSeconds"]["median"] > 0
