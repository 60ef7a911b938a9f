"""What is piped into `run`, and what is made of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_worker.cli.inputs.standard_input import StandardInput, decoded
from llama_worker.cli.main import run as run_here
from tests.cli.driving import COMMAND, call
from tests.projector_factory import png

QUIET = ["--seed", "7", "-q"]


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A real pipe as standard input, into which a thread writes what the test appends before it reads."""
    reader, writer = os.pipe()
    content: list[bytes] = []

    def write() -> None:
        with os.fdopen(writer, "wb") as opened:
            started.wait(30)
            opened.write(b"".join(content))

    started = threading.Event()
    thread = threading.Thread(target=write)
    thread.start()

    class Content(list[bytes]):
        def append(self, data: bytes) -> None:
            content.append(data)
            started.set()

    with os.fdopen(reader, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield Content()
        started.set()
    thread.join()


def test_what_is_piped_in_stands_above_the_prompt() -> None:
    both = call("run", "builtin", "Where is it?", *QUIET, stdin="The cat sat on the mat.\n")
    assert both.returncode == 0, both.stderr
    assert both.stderr == ""
    whole = call("run", "builtin", "-", *QUIET, stdin="The cat sat on the mat.\n\nWhere is it?\n")
    assert both.stdout == whole.stdout


@pytest.mark.slow
def test_so_are_files(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("The cat sat on the mat.\n")
    whole = call("run", "builtin", "-", *QUIET, stdin="The cat sat on the mat.\n\nWhere is it?\n")
    assert call("run", "builtin", "Where is it?", "-f", file, *QUIET).stdout == whole.stdout
    assert call("run", "builtin", "Where is it?", *QUIET).stdout != whole.stdout


@pytest.mark.parametrize(
    ("data", "arguments", "said"),
    [
        (b" \n", ["hi"], "Standard input is empty, and it was to be read beside the prompt."),
        (b"", [], "Standard input is empty, and it was to be the prompt."),
        (b"", ["-"], "Standard input is empty, and it was to be the prompt."),
        (b"\xff\xfa", [], "Standard input is no text in UTF-8."),
        (b"a\0b", [], "Standard input is no text: it has NUL characters."),
        (png(), [], "It is an image: --image FILE shows it."),
        (b"text", ["-", "-f", "-"], "Standard input cannot be both a text and the prompt: give one as a file."),
        (b"text", ["hi", "--image", "-"], "image is no JPEG, PNG, GIF or BMP"),
        (b"[1]", ["hi", "--schema", "-"], "--schema: - is no JSON schema"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    piped: list[bytes], data: bytes, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    piped.append(data)
    assert run_here(["run", "builtin", *arguments]) in (1, 2)
    told = capsys.readouterr()
    assert said in told.err
    assert not told.out
    assert len(told.err.strip().splitlines()) <= 2


def test_without_any_input_there_is_nothing_to_answer() -> None:
    done = call("run", "builtin")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is nothing to answer: give a PROMPT, or pipe a text in." in done.stderr


@pytest.mark.slow
def test_input_may_be_left_alone() -> None:
    """A program that starts this one may leave a pipe open into which it never writes."""
    with subprocess.Popen(
        [*COMMAND, "run", "builtin", "hi", "-n", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read().strip()
        assert process.wait(60) == 0


@pytest.mark.slow
def test_a_silent_pipe_is_waited_for_and_told() -> None:
    with subprocess.Popen(
        [*COMMAND, "run", "builtin", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        assert b"Waiting for standard input" in process.stderr.readline()
        out, _ = process.communicate(b"hi")
        assert out.strip()
        assert process.returncode == 0


def test_texts_of_windows_shells_are_read() -> None:
    assert decoded("Grüße".encode("utf-16"), "it") == "Grüße"
    assert decoded(b"\xef\xbb\xbfhi", "it") == "hi"


def test_a_device_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert not StandardInput().is_piped
    monkeypatch.setattr(sys, "stdin", None)
    assert not StandardInput().is_piped
