"""`llama-worker stdio` as a process: pipes, the end of input, signals, and a flood."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from llama_worker.ports.codec import MAX_MESSAGE_BYTES
from tests.ports.stdio_child import COMMAND, Json, StdioChild

ENDLESS = {"maxTokens": 1_000_000, "temperature": 0}


def gone(pid: int) -> bool:
    """Whether a process ends within half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def load(child: StdioChild, path: Path) -> int:
    """Load a model and give its engine's pid."""
    child.send("load_model", id="load", modelPath=str(path))
    pid = child.until("model_loaded")["modelInfo"]["pid"]
    assert isinstance(pid, int)
    return pid


def test_the_end_of_input_ends_process_and_engine(random_model_path: Path) -> None:
    """With nothing left to answer it ends by itself, with code 0."""
    with StdioChild() as child:
        engine = load(child, random_model_path)
        child.rest()
        assert child.process.wait(30) == 0
        assert gone(engine)


def test_what_was_asked_is_answered_before_the_end() -> None:
    """A file of requests can be piped in."""
    with StdioChild() as child:
        child.send("load_model", modelPath="builtin")
        child.send("complete", id="c", prompt="Hello", options={"maxTokens": 4})
        assert [message["type"] for message in child.rest()].count("completion_done") == 1
        assert child.process.wait(30) == 0


def test_what_nobody_can_resume_is_ended(random_model_path: Path) -> None:
    """A paused generation would keep the process for ever."""
    with StdioChild() as child:
        load(child, random_model_path)
        child.send("complete", id=1, prompt="a", options=ENDLESS)
        child.until("completion_chunk")
        child.send("pause", id=2)
        child.rest()
        done = next(message for message in child.heard if message["type"] == "completion_done")
        assert done["finishReason"] == "abort"
        assert child.process.wait(30) == 0


def test_requests_from_a_file(tmp_path: Path) -> None:
    """Standard input and output may be plain files."""
    requests, answers = tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    requests.write_text('{"type":"list_models","id":1}')
    with requests.open() as input, answers.open("w") as output:
        subprocess.run(COMMAND, stdin=input, stdout=output, check=True, timeout=60)
    assert '{"type":"result","id":1,"value":[]}' in answers.read_text()


def test_nobody_reads_any_more(random_model_path: Path) -> None:
    """A client that is gone gets no answers computed."""
    with StdioChild() as child:
        engine = load(child, random_model_path)
        child.send("complete", id=1, prompt="a", options=ENDLESS)
        child.until("completion_chunk")
        assert child.process.stdout is not None
        assert child.process.stdin is not None
        child.process.stdout.close()
        child.process.stdin.close()
        assert child.process.wait(30) == 0
        assert gone(engine)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_in_good_order(random_model_path: Path, number: signal.Signals) -> None:
    """No traceback, the shell's exit code, no engine left."""
    with StdioChild(stderr=subprocess.PIPE) as child:
        engine = load(child, random_model_path)
        child.send("complete", id=1, prompt="a", options=ENDLESS)
        child.until("completion_chunk")
        child.process.send_signal(number)
        child.rest()
        assert child.process.wait(30) == 128 + number
        assert child.process.stderr is not None
        assert child.process.stderr.read() == b""
        assert gone(engine)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_killed_it_leaves_no_engine(random_model_path: Path) -> None:
    """Not even SIGKILL leaves an orphan."""
    with StdioChild() as child:
        engine = load(child, random_model_path)
        child.process.kill()
        assert gone(engine)


def test_a_line_of_64_mib_is_refused_and_the_next_one_answered() -> None:
    """Memory stays bounded: the line is dropped while it comes."""
    with StdioChild() as child:
        child.read()
        before = psutil.Process(child.process.pid).memory_info().rss
        block = b"x" * (1 << 20)
        for _ in range(64):
            child.write(block)
        child.write(b"\n")
        assert child.until("error")["code"] == "invalid_message"
        child.send("list_models", id=1)
        assert child.until("result", id=1)["value"] == []
        assert psutil.Process(child.process.pid).memory_info().rss - before < 2 * MAX_MESSAGE_BYTES


def test_only_messages_are_on_standard_output() -> None:
    """What libraries print goes to standard error."""
    program = (
        "import os, sys, threading\n"
        "from llama_worker.cli.commands.serving.stdio import stdio\n"
        "import llama_worker.ports.server.process as server\n"
        "serve = server.serve_stdio\n"
        "def noisy(*fds):\n"
        "    print('printed'); os.write(1, b'written'); return serve(*fds)\n"
        "server.serve_stdio = noisy\n"
        "stdio(standalone_mode=False)\n"
    )
    with StdioChild((sys.executable, "-c", program), stderr=subprocess.PIPE) as child:
        assert [message["type"] for message in child.rest()] == ["info"]
        assert child.process.stderr is not None
        noise = child.process.stderr.read()
        assert b"printed" in noise
        assert b"written" in noise


def test_a_slow_reader_costs_no_memory(random_model_path: Path) -> None:
    """Nothing is lost either: what piled up comes in larger pieces."""
    with StdioChild() as child:
        load(child, random_model_path)
        options = {"maxTokens": 1000, "temperature": 0, "contextSize": 2048}
        child.send("create_context", id="context", options={"contextSize": options.pop("contextSize")})
        child.until("context_created")
        for id in range(4):
            child.send("complete", id=id, prompt="a", options=options)
        before = psutil.Process(child.process.pid).memory_info().rss
        time.sleep(1)  # the reader is busy elsewhere
        assert psutil.Process(child.process.pid).memory_info().rss - before < 30 * 2**20
        for id in range(4):
            chunks = [message["chunk"] for message in _to_end(child, id) if "chunk" in message]
            assert "".join(chunks) == _done(child, id)["fullText"]


def _to_end(child: StdioChild, id: int) -> list[Json]:
    while not any(message["type"] == "completion_done" and message["id"] == id for message in child.heard):
        child.read()
    return [message for message in child.heard if message.get("id") == id]


def _done(child: StdioChild, id: int) -> Json:
    return next(message for message in child.heard if message["type"] == "completion_done" and message["id"] == id)


def test_the_environment_of_a_shell(random_model_path: Path) -> None:
    """Started by a shell with its output inherited, as a filter."""
    line = f'{{"type":"load_model","id":1,"modelPath":"{random_model_path}"}}\n'
    done = subprocess.run(COMMAND, input=line.encode(), capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    assert b'"type":"model_loaded"' in done.stdout
