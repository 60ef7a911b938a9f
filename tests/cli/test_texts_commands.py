"""`embed`, `rerank` and `infill` as a person uses them, in a pipe."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from llama_worker.cli.main import run as run_here
from tests.worker.embedding.small_models import encoder
from tests.worker.infill.test_infill import coder

TIMEOUT = 60


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "llama_worker", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=TIMEOUT)


def test_a_line_of_json_for_each_text() -> None:
    """From arguments, and from standard input."""
    given = run("embed", "builtin", "one", "two", "--dimensions", "4")
    assert (given.returncode, given.stderr) == (0, "")
    lines = [json.loads(line) for line in given.stdout.splitlines()]
    assert [line["index"] for line in lines] == [0, 1]
    assert all(len(line["embedding"]) == 4 for line in lines)
    piped = run("embed", "builtin", "--base64", "--dimensions", "4", stdin="one\n\ntwo\n")
    assert [len(base64.b64decode(json.loads(line)["embedding"])) for line in piped.stdout.splitlines()] == [16, 16]


def test_documents_come_best_first(tmp_path: Path) -> None:
    path = str(encoder(tmp_path / "ranker.gguf", ranks=True))
    done = run("rerank", path, "a query", "--top", "2", stdin="b\ncc\nddd\n")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["document"] for line in lines] == [("b", "cc", "ddd")[line["index"]] for line in lines]
    assert lines[0]["score"] >= lines[1]["score"]
    refused = run("embed", path, "a")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "use rerank()" in refused.stderr


def test_what_stands_at_the_cursor(tmp_path: Path) -> None:
    model = str(coder(tmp_path))
    (tmp_path / "a.py").write_text("def f():<CURSOR>    return b")
    (tmp_path / "before").write_text("def f():")
    (tmp_path / "after").write_text("    return b")
    (tmp_path / "other.py").write_text("la li lu")
    settings = ["--max-tokens", "5", "-o", "temperature=0", "-o", "context_size=256"]
    one = run("infill", model, str(tmp_path / "a.py"), *settings)
    files = ["--prefix-file", str(tmp_path / "before"), "--suffix-file", str(tmp_path / "after")]
    two = run("infill", model, *files, "--extra", str(tmp_path / "other.py"), *settings)
    assert (one.returncode, two.returncode) == (0, 0), one.stderr + two.stderr
    assert one.stdout.strip()
    assert two.stdout.strip()
    assert int(two.stderr.split()[0]) > int(one.stderr.split()[0]) > 10  # prompt tokens: both texts, and the file


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no mark", "has no <CURSOR>"), (b"\xff<CURSOR>", "no text in UTF-8"), (None, "Give a FILE")],
)
def test_what_cannot_be_filled_is_said(
    tmp_path: Path, content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    if content is not None:
        file.write_bytes(content)
    assert run_here(["infill", "builtin", *([str(file)] if content is not None else [])]) == 2
    assert said in capsys.readouterr().err
