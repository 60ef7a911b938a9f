"""Commands that the docs show are commands that there are, and the guide's own page runs from top to bottom."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from llama_worker.cli.chat.slash_commands import COMMANDS
from llama_worker.cli.commands.table import entries
from llama_worker.cli.main import llama_worker

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE = ROOT / "docs" / "command-line.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def shown() -> Iterator[tuple[str, list[str]]]:
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                yield from ((page.name, words) for words in calls_in(line))


def calls_in(line: str) -> Iterator[list[str]]:
    """The words behind each `llama-worker` that begins a command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for token in [*lexer, ";"]:
        if token[0] not in "|;&<>()":
            words.append(token)
            continue
        if words[:1] == ["llama-worker"] and words[1:]:
            yield words[1:]
        words = []


def test_every_command_of_the_docs_is_one() -> None:
    calls = list(shown())
    assert len(calls) > 30
    root = click.Context(llama_worker, info_name="llama-worker")
    for page, words in calls:
        while words[0].startswith("-"):
            words = words[1:]
        command = llama_worker.get_command(root, words[0])
        assert command is not None, (page, words)
        ctx = command.context_class(command, parent=root, info_name=words[0])
        command.make_parser(ctx).parse_args(words[1:])


def test_the_page_has_every_command() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"### `llama-worker {name}`" in page for name, _ in entries())


def test_the_guide_has_every_command_of_a_chat() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert all(f"`{name}" in guide for name in COMMANDS)


def test_what_the_list_of_commands_says_fits_on_half_a_line() -> None:
    assert all(len(name) + len(entry.about) < 38 for name, entry in entries())


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_guide_runs(tmp_path: Path) -> None:
    command = tmp_path / "bin" / "llama-worker"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m llama_worker "$@"\n')
    command.chmod(0o755)
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    environment = {**os.environ, **folders, "PATH": f"{command.parent}:{os.environ['PATH']}"}
    blocks = _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    done = subprocess.run(
        ["bash", "-euc", "set -o pipefail\n" + "\n".join(blocks)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ended the server at http://localhost:" in done.stdout
