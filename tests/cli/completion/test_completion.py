"""Completion in real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llama_worker.cli.completion import places
from llama_worker.cli.completion.places import installation
from llama_worker.cli.completion.scripts import SHELLS
from llama_worker.cli.main import run as llama_worker
from tests.cli.driving import call


@pytest.fixture
def path(home: Path) -> dict[str, str]:
    """Where the shell finds `llama-worker`."""
    command = home / "bin" / "llama-worker"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m llama_worker "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_after_one_command(home: Path, path: dict[str, str]) -> None:
    assert call("completion", "bash", "--install").returncode == 0
    file = installation("bash").file
    ask = "COMP_WORDS=(llama-worker st); COMP_CWORD=1; _llama_worker_completion llama-worker; echo ${COMPREPLY[*]}"
    done = subprocess.run(
        ["bash", "--norc", "-c", f". {file}; {ask}"], capture_output=True, text=True, env=path, timeout=60
    )
    assert done.stdout.split() == ["stop", "stdio"]


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_installed_once_and_taken_away_whole(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    monkeypatch.setattr(places, "_BASH_COMPLETION", ())
    monkeypatch.delenv("ZDOTDIR", raising=False)
    place = installation(shell)
    if place.startup is not None:
        place.startup.write_text("alias ll='ls -l'")
    for _ in range(2):
        assert llama_worker(["completion", shell, "--install"]) == 0
    assert f"Wrote {place.file}." in capsys.readouterr().out
    assert "_LLAMA_WORKER_COMPLETE" in place.file.read_text()
    if place.startup is not None:
        assert len(place.startup.read_text().splitlines()) == 2
    assert llama_worker(["completion", shell, "--uninstall"]) == 0
    assert not place.file.exists()
    if place.startup is not None:
        assert place.startup.read_text() == "alias ll='ls -l'\n"


@pytest.mark.slow
def test_without_a_shell_it_must_be_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/ksh")
    found = call("completion")
    assert found.returncode == 0 or "Say for which shell: bash, zsh, fish." in found.stderr
