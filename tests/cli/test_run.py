"""`llama-worker run` as a person uses it: in a pipe and in a real terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import psutil
import pytest

from llama_worker.cli.main import run as run_here
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_reasoning import ALWAYS

COMMAND = [sys.executable, "-m", "llama_worker", "run"]
TIMEOUT = 60


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT
    )


def test_one_answer_on_stdout_and_the_figures_on_stderr() -> None:
    done = run("builtin", "What is llama-worker?")
    assert done.returncode == 0
    assert len(done.stdout.split()) > 3
    assert "tokens/s" in done.stderr
    assert "tokens/s" not in done.stdout


def test_the_answer_is_as_long_as_it_may_be(random_model_path: Path) -> None:
    done = run(
        str(random_model_path),
        "hi",
        "--max-tokens",
        "7",
        "--temperature",
        "0",
        "--context-size",
        "256",
        "--threads",
        "1",
    )
    assert "7 tokens at" in done.stderr
    assert "cut at max tokens" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.gguf", "hi"], "No model file at missing.gguf"),
        (["README.md", "hi"], "README.md is not a usable GGUF model"),
        (["builtin", "hi", "--top-p", "3"], "'top_p' is invalid"),
        (["builtin", "hi", "--engine", "/no/llama-server"], "No executable '/no/llama-server'"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(["run", *arguments]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert not told.out


def test_a_mistake_ends_the_process_with_one_sentence() -> None:
    done = run("missing.gguf", "hi")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_names_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llama_worker", "--help"], capture_output=True, text=True, timeout=TIMEOUT
    )
    for command in ("run", "serve", "stdio", "pull", "list", "show", "rm", "ps", "estimate", "doctor", "bench"):
        assert f"  {command} " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lst"], "No such command 'lst'. Did you mean 'list'?"),
        (["chat"], "No such command 'chat'. Did you mean 'run'?"),
        (["teapot"], "No such command 'teapot'."),
        (["run", "builtin", "hi", "--max-tokns", "3"], "Did you mean '--max-tokens'?"),
        (["show", "bultin"], "No model file at bultin (did you mean `builtin`?)."),
    ],
)
def test_a_wrong_word_is_met_with_the_right_one(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(arguments) in (1, 2)
    assert capsys.readouterr().err.strip().endswith(said)


def test_without_a_command_there_is_help_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here([]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert told.err.startswith("Usage: llama-worker")
    assert "error:" not in told.err


def test_verbose_tells_on_standard_error_what_happens_and_no_text() -> None:
    request = (
        '{"type": "load_model", "id": 1, "modelPath": "builtin"}\n'
        '{"type": "complete", "id": 2, "prompt": "kumquat", "options": {"maxTokens": 4}}\n'
    )
    for arguments in (["-vv", "stdio"], ["stdio", "-vv"]):
        done = subprocess.run(
            [sys.executable, "-m", "llama_worker", *arguments],
            input=request,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        assert " INFO llama_worker.engine: engine " in done.stderr
        assert " DEBUG llama_worker.ports: complete answered with completion_done, id 2" in done.stderr
        assert "kumquat" not in done.stderr
        assert all(line.startswith("{") for line in done.stdout.splitlines())


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    line = f"{sys.executable} -m llama_worker run builtin 'Count from 1 to 100.' | head -c 5"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=TIMEOUT)
    assert "Traceback" not in done.stderr


def test_sigterm_cleans_up(slow_model_path: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, str(slow_model_path), "hi", "--max-tokens", "3000"],
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert process.stdout
    process.stdout.read(1)
    children = psutil.Process(process.pid).children()
    assert children
    process.send_signal(signal.SIGTERM)
    process.stdout.read()
    process.stdout.close()
    assert process.wait(TIMEOUT) == 143
    assert not any(child.is_running() for child in children)
    assert not list(tmp_path.iterdir())


class Terminal:
    """A real terminal with a chat in it."""

    def __init__(self, model: str) -> None:
        command = " ".join([*COMMAND, model, "--max-tokens", "3000"])
        # Nobody answers this terminal's questions about the cursor's position.
        environment = os.environ | {"PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"}
        self.child = pexpect.spawn(command, encoding="utf-8", timeout=TIMEOUT, dimensions=(40, 120), env=environment)
        self.child.expect("Chatting with")
        self.wait_for_prompt()

    def wait_for_prompt(self) -> None:
        self.child.expect_exact("\x1b[?2004h")  # the line editor asks for bracketed paste when it begins to read

    def engines(self) -> list[psutil.Process]:
        return psutil.Process(self.child.pid).children()


@pytest.fixture
def chat(slow_model_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(str(slow_model_path))
    yield terminal
    terminal.child.close(force=True)


def test_ctrl_c_stops_the_answer_and_then_leaves(chat: Terminal) -> None:
    engines = chat.engines()
    assert engines
    chat.child.send("tell me a story\r")
    time.sleep(1.0)  # into the answer; its noise has no text to wait for
    chat.child.send("\x03")
    chat.child.expect("stopped")
    chat.wait_for_prompt()
    chat.child.send("/reset\r")
    chat.child.expect("is forgotten")
    chat.wait_for_prompt()
    chat.child.send("\x03")
    chat.child.expect(pexpect.EOF)
    chat.child.close()
    assert chat.child.exitstatus == 0
    assert not any(engine.is_running() for engine in engines)


def test_a_crash_does_not_end_the_chat(chat: Terminal) -> None:
    (engine,) = chat.engines()
    chat.child.send("go on\r")
    time.sleep(1.0)
    engine.send_signal(signal.SIGSEGV)
    chat.child.expect("crashed with SIGSEGV while generating")
    chat.wait_for_prompt()
    chat.child.send("/bye\r")
    chat.child.expect(pexpect.EOF)
    chat.child.close()
    assert chat.child.exitstatus == 0


def test_ctrl_c_ends_the_thinking_first(tmp_path: Path) -> None:
    """And the second one the answer."""
    path = tmp_path / "brooder.gguf"
    shape = {"embedding_length": 256, "block_count": 8, "feed_forward_length": 1024, "context_length": 32768}
    write_gguf(path, **shape, plain_text=True, endless=True, chat_template=ALWAYS, words=["<think>", "</think>"])  # type: ignore[arg-type]
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], str(path), "Why?"], encoding="utf-8", timeout=TIMEOUT)
    child.expect("Thinking...")
    child.sendintr()
    child.expect("(?:[a-z]{2}){5}")
    child.sendintr()
    child.expect("stopped")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
