"""`-o NAME=VALUE` of the commands that load a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_worker.cli.main import run as llama_worker
from llama_worker.options import LlamaOptions, ModelOptions, PromptOptions, SessionOptions


def test_options_of_every_kind_reach_the_engine(
    random_model_path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "journal.db"
    code = llama_worker(
        [
            *(
                "run",
                str(random_model_path),
                "hi",
                "-o",
                "max_tokens=7",
                "-o",
                "temperature=0",
                "--option=use_mmap=false",
            ),
            *("-o", f"journal={journal}", "-o", "system_prompt=42", "-o", "context_size=256"),
        ]
    )
    assert code == 0
    assert "7 tokens at" in capfd.readouterr().err
    assert b"42" in journal.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "builtin", "hi", "-o", "top_p=3"], "Option 'top_p' is invalid: expected `float` <= 1.0."),
        (["run", "builtin", "hi", "-o", "cache_type=q8"], 'it must be "f32", "f16"'),
        (["run", "builtin", "hi", "-o", "temprature=0"], "did you mean `temperature`?"),
        (["run", "builtin", "hi", "-o", "seed=1", "--seed", "2"], "seed is given twice, with --seed and with -o"),
        (["bench", "builtin", "-o", "threads=2"], "give --threads, as often as you like"),
        (["bench", "builtin", "-o", "temperature=0"], "it is an option of `prompt`, `chat` and `complete`"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert llama_worker(arguments) == 1
    shown = capfd.readouterr()
    assert said in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert not shown.out


def test_help_lists_every_name(capfd: pytest.CaptureFixture[str]) -> None:
    assert llama_worker(["run", "--help"]) == 0
    shown = capfd.readouterr().out
    for kind in (SessionOptions, PromptOptions, ModelOptions, LlamaOptions):
        for name in kind.__struct_fields__:
            assert name in shown


def test_an_estimate_takes_the_options_of_a_load(capfd: pytest.CaptureFixture[str]) -> None:
    estimates = []
    for size in (256, 2048):
        assert llama_worker(["estimate", "builtin", "--json", "-o", f"context_size={size}", "-o", "sequences=1"]) == 0
        estimates.append(json.loads(capfd.readouterr().out)["estimate"])
    assert [estimate["contextSize"] for estimate in estimates] == [256, 2048]
    assert estimates[0]["kvCacheBytes"] < estimates[1]["kvCacheBytes"]
