"""Lists in terminals of every width, and in pipes."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.cli.output.texts import tame, wrapped
from tests.cli.driving import Terminal, call
from tests.models import cache_folder
from tests.models import raw_gguf as raw

NAME = "org/a-model-with-quite-a-long-name-GGUF"


@pytest.fixture
def hub(tmp_path: Path) -> dict[str, str]:
    cache_folder.add(tmp_path / "hub", NAME, "tiny-Q8_0.gguf", raw.gguf(raw.model_keys(context_length=512)))
    return {"HF_HUB_CACHE": str(tmp_path / "hub"), "XDG_DATA_HOME": str(tmp_path / "data"), "LLAMA_CACHE": ""}


@pytest.mark.parametrize("columns", [40, pytest.param(80, marks=pytest.mark.slow)])
def test_a_list_fits_into_the_terminal(hub: dict[str, str], columns: int) -> None:
    said, code = Terminal("list", columns=columns, env=hub).end()
    assert code == 0
    lines = said.splitlines()
    assert all(len(line) <= columns for line in lines if NAME not in line)
    below = lines[lines.index(f"hf:{NAME}:Q8_0") + 1 :]
    assert " ".join(below[0].split()).startswith("quant ")
    assert "context 512" in " ".join(below)


@pytest.mark.slow
def test_a_wide_terminal_and_a_pipe_get_columns(hub: dict[str, str]) -> None:
    wide, _ = Terminal("list", columns=160, env=hub).end()
    assert wide.splitlines()[0].split() == ["NAME", "QUANT", "SIZE", "PARAMS", "CONTEXT", "USED"]  # no state to tell
    piped = call("list", env=hub | {"COLUMNS": "40"}).stdout.splitlines()
    assert piped[0].split()[-1] == "STATE"
    assert all(line == line.rstrip() for line in piped)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "run --help", "doctor", "show builtin", "estimate builtin", "config"])
def test_all_that_is_printed_fits_into_40_columns(command: str) -> None:
    said, code = Terminal(*command.split(), columns=40).end()
    assert code == 0
    long = [line for line in said.splitlines() if len(line) > 40 and len(line.split()) > 2]
    assert not long


def test_words_are_not_cut_and_paths_stay_whole() -> None:
    assert wrapped("one two three", 8, hanging="  ") == "one two\n  three"
    assert "/a/very/long/path" in wrapped("at /a/very/long/path", 8).splitlines()


def test_a_model_cannot_steer_the_terminal() -> None:
    assert tame("\x1b]0;title\x07 👨‍👩‍👧 naïve\xa0\tx\n\r\x9b") == "\\x1b]0;title\\x07 👨‍👩‍👧 naïve\xa0\tx\n\\x0d\\x9b"
