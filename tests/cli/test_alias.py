"""Short names on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_worker.cli.main import run as llama_worker
from tests.cli.driving import call


def test_a_short_name_is_taken_wherever_a_model_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert llama_worker(["alias", "tiny", "builtin"]) == 0
    assert llama_worker(["alias", "again", "tiny"]) == 0
    assert capsys.readouterr().out == "tiny means builtin.\nagain means builtin.\n"
    assert llama_worker(["show", "again", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "builtin"
    assert llama_worker(["alias", "--json"]) == 0
    named = [{"name": "tiny", "model": "builtin"}, {"name": "again", "model": "builtin"}]
    assert json.loads(capsys.readouterr().out) == named
    assert llama_worker(["alias"]) == 0
    assert capsys.readouterr().out.split() == ["NAME", "MODEL", "tiny", "builtin", "again", "builtin"]
    assert llama_worker(["alias", "--remove", "again"]) == 0
    assert llama_worker(["alias", "tiny"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "builtin"


@pytest.mark.slow
def test_so_is_one_that_runs(home: Path) -> None:
    assert call("alias", "tiny", "builtin").returncode == 0
    assert call("run", "tiny", "hi", "-q", "--max-tokens", "1").returncode == 0


def test_a_path_means_the_same_from_everywhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    assert call("alias", "mine", "./models/a.gguf").stdout == f"mine means {home / 'models' / 'a.gguf'}.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "tinny"], "There is no model 'tinny' (did you mean `tiny`?)."),
        (["alias", "builtin", "tiny"], "'builtin' cannot be a short name: it means something already"),
        (["alias", "new"], "There is no short name 'new': give the MODEL that it is to mean."),
        (["alias", "new", "s3://x"], "cannot name a model"),
        (["alias", "--remove", "new"], "There is no short name 'new'."),
    ],
)
def test_a_mistake_is_one_sentence(
    home: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert llama_worker(["alias", "tiny", "builtin"]) == 0
    assert llama_worker(arguments) in (1, 2)
    assert said in capsys.readouterr().err
