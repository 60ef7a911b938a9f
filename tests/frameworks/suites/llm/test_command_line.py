"""The command `llm` itself, which finds the plugin by its entry point."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

LLM = Path(sys.executable).parent / "llm"
MODEL = "llama-worker/builtin"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user who has nothing yet."""
    folders = {"LLM_USER_PATH": tmp_path / "llm", "XDG_CONFIG_HOME": tmp_path / "config", "HF_HOME": tmp_path / "hf"}
    return dict(os.environ) | {name: str(folder) for name, folder in folders.items()}


def run(environment: dict[str, str], *arguments: str, given: str = "", status: int = 0) -> str:
    done = subprocess.run(
        [LLM, *arguments], input=given, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_plugins_and_models_are_listed(environment: dict[str, str]) -> None:
    assert "llama-worker" in [plugin["name"] for plugin in json.loads(run(environment, "plugins"))]
    listed = run(environment, "models", "--options", "-m", MODEL)
    assert "llama-worker: llama-worker/builtin" in listed
    assert "temperature" in listed
    assert "typical_p" in listed
    assert MODEL in run(environment, "embed-models")


def test_short_names_are_models_too(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "llama_worker", "alias", "small", "builtin"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert run(environment, "-m", "llama-worker/small", "Hello!", "-o", "temperature", "0").strip()


@pytest.mark.parametrize("more", [[], ["--no-stream"], ["--async"], ["--async", "--no-stream"]])
def test_a_prompt(environment: dict[str, str], more: list[str]) -> None:
    asked = ["-m", MODEL, "Hello!", "-o", "temperature", "0", "-o", "max_tokens", "40", *more]
    assert "Hello" in run(environment, *asked)


def test_a_pipe_a_system_prompt_usage_and_the_log(environment: dict[str, str]) -> None:
    said = run(environment, "-m", MODEL, "-s", "Be brief.", "-u", "-o", "max_tokens", "5", given="Hello!")
    assert "5 output" in said
    (logged,) = json.loads(run(environment, "logs", "--json"))
    assert logged["model"] == MODEL
    assert logged["output_tokens"] == 5
    assert run(environment, "-c", "And again?", "-o", "max_tokens", "5").strip()
    assert len(json.loads(run(environment, "logs", "--json"))) == 2


def test_a_schema(environment: dict[str, str]) -> None:
    asked = "Extract the person as JSON: Maria is 31 years old."
    said = run(environment, "-m", MODEL, "--schema", "name str, age int", asked, "-o", "temperature", "0")
    assert json.loads(said) == {"name": "Maria", "age": 31}


def test_a_tool(environment: dict[str, str]) -> None:
    function = (
        'def get_weather(city: str) -> str:\n    "The current weather of a city."\n    return "sunny, 24 degrees"'
    )
    asked = ["-m", MODEL, "--functions", function, "What is the weather in Lisbon?", "--td", "-o", "temperature", "0"]
    said = run(environment, *asked)
    assert "get_weather" in said
    assert "sunny" in said


def test_embeddings(environment: dict[str, str]) -> None:
    assert len(json.loads(run(environment, "embed", "-m", MODEL, "-c", "some text"))) > 16


def test_mistakes_are_one_line(environment: dict[str, str]) -> None:
    assert "Error" in run(environment, "-m", MODEL, "Hi", "-o", "temperature", "-1", status=1)
    long = run(environment, "-m", MODEL, given="word " * 9000, status=1)
    assert long.startswith("Error: ")
    assert "Traceback" not in long


def test_ctrl_c_leaves_no_engine(environment: dict[str, str]) -> None:
    asked = [LLM, "-m", MODEL, "Count.", "-o", "engine_options", '{"ignore_eos": true}']
    with subprocess.Popen(asked, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert not psutil.wait_procs(children, timeout=20)[1]
