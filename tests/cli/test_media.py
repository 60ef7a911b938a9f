"""Images and sounds on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llama_worker.cli.main import run as run_here
from tests.projector_factory import png, wav

SMALL = ["-o", "context_size=512", "--max-tokens", "4"]


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "llama_worker", *map(str, arguments)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "photo.png").write_bytes(png())
    (tmp_path / "speech.wav").write_bytes(wav())
    return tmp_path


def test_run_shows_and_plays(seeing_path: Path, files: Path) -> None:
    done = call("run", seeing_path, "--image", files / "photo.png", "--audio", files / "speech.wav", *SMALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "4 tokens" in done.stderr


def test_transcribe_prints_the_text(seeing_path: Path, files: Path) -> None:
    done = call("transcribe", seeing_path, files / "speech.wav", "--language", "en", *SMALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "builtin", "--image", "nowhere.png"], "cannot be read"),
        (["transcribe", "builtin", "speech.wav"], "cannot hear sounds"),
    ],
)
def test_a_mistake_is_one_sentence(
    files: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [str(files / word) if (files / word).exists() else word for word in arguments]
    assert run_here(known) == 1
    assert said in capsys.readouterr().err
