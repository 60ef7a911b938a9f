"""llama-worker.toml on the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from llama_worker.cli.main import run as llama_worker


def written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_run_takes_a_name_and_its_options_from_the_users_file(
    random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    from llama_worker.config.paths import user_file

    file = written(
        user_file(),
        f"[models.mine]\nmodel = {json.dumps(str(random_model_path))}\ncontext_size = 256\n"
        "[models.mine.prompt]\nmax_tokens = 7\nsystem_prompt = 'Hm.'\n",
    )
    assert llama_worker(["run", "mine", "hi"]) == 0
    shown = capfd.readouterr()
    assert f"Configuration: {file}" in shown.err
    assert "7 tokens at" in shown.err
    assert llama_worker(["run", "mine", "hi", "--max-tokens", "4", "-o", "system_prompt=Ho."]) == 0
    assert "4 tokens at" in capfd.readouterr().err


def test_a_file_of_the_working_directory_is_not_read_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "llama-worker.toml", "[worker]\nengine = './evil'\n")
    assert llama_worker(["run", "builtin", "hi", "--max-tokens", "1"]) == 0
    assert "Configuration" not in capfd.readouterr().err
    assert llama_worker(["run", "builtin", "hi", "--config", "llama-worker.toml"]) == 1
    assert "No executable" in capfd.readouterr().err


def test_a_mistake_in_it_is_one_sentence_with_its_place(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "a.toml", "[server]\nmax_quee = 3\n")
    for command in (["serve"], ["run", "builtin", "hi"]):
        assert llama_worker([*command, "--config", str(file)]) == 1
        shown = capfd.readouterr().err.strip()
        assert f"{file}:2:1: there is no `max_quee` in [server] (did you mean `max_queue`?)." in shown
        assert len(shown.splitlines()) == 1


def test_serve_takes_all_of_it_and_flags_go_first(random_model_path: Path, tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.toml",
        f"""
        [worker]
        memory_budget = 5_000_000_000
        [server]
        port = 1
        keep_alive = 60
        data = ":memory:"
        [models.warm]
        model = {json.dumps(str(random_model_path))}
        warm_up = true
        keep = false
        context_size = 512
        [models.cold]
        model = "builtin"
        """,
    )
    command = [
        "serve",
        "--config",
        str(file),
        "--port",
        "0",
        "-o",
        "sequences=2",
        "--model",
        "warm",
        "-o",
        "max_depth=9",
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "llama_worker", *command], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as server:
        assert server.stdout
        try:
            found = re.search(r"http://localhost:(\d+)", server.stdout.readline())
            assert found
            with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/models/status") as answer:
                (status,) = json.load(answer)["models"]
            with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/v1/models") as answer:
                listed = {entry["id"]: entry["status"] for entry in json.load(answer)["data"]}
        finally:
            server.terminate()
            server.stdout.read()
    assert (status["id"], status["context_size"], status["keep"]) == ("warm", 512, False)
    assert listed["cold"] == "available"
