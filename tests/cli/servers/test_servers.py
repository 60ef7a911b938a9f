"""`ps`, `logs` and `stop`: servers are found without being told where they are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from llama_worker.cli.main import run as run_here
from llama_worker.cli.servers.log_file import log_files
from llama_worker.cli.servers.running import running_servers
from llama_worker.config.folders import state_folder
from tests.cli.driving import call


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address."""
    command = [sys.executable, "-m", "llama_worker", "serve", "--port", "0", "--data", ":memory:", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        assert server.stdout
        try:
            found = re.search(r"http://localhost:\d+", server.stdout.readline())
            assert found
            yield server, found[0]
        finally:
            server.kill()
            server.stdout.read()


@pytest.mark.slow
def test_a_server_is_found_shown_and_ended(home: Path) -> None:
    with served("--model", "builtin") as (server, url):
        shown = call("ps", "--json")
        assert [model["id"] for model in json.loads(shown.stdout)["models"]] == ["builtin"]
        ended = call("stop", "builtin")
        assert (ended.returncode, ended.stdout) == (0, f"Ended builtin at {url}.\n")
        told = call("logs").stdout
        assert "model builtin loaded" in told
        assert "model builtin unloaded" in told
        assert call("stop").stdout == f"Ended the server at {url}.\n"
        assert server.wait(30) == 0
    assert not running_servers()
    again = call("logs", "-n", "1")
    assert len(again.stdout.splitlines()) == 1
    assert "the log of the last one" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stop"], "No server of yours runs."),
        (["stop", "--url", "http://localhost:9"], "No server of yours runs at http://localhost:9."),
        (["stop", "--all"], "No server of yours runs."),
        (["stop", "builtin", "--all"], "--all and --force are for servers"),
        (["stop", "builtin"], "No llama-worker server answers at http://127.0.0.1:8321"),
        (["logs"], "There is no log: no server has run here yet."),
        (["logs", "--url", "http://localhost:9"], "No server of yours runs at http://localhost:9."),
    ],
)
def test_what_is_not_there_is_told(
    home: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(arguments) in (1, 2)
    assert said in capsys.readouterr().err


def test_what_a_killed_server_left_behind_is_swept_away(home: Path) -> None:
    folder = state_folder() / "servers"
    folder.mkdir(parents=True)
    own = {"pid": os.getpid(), "created": psutil.Process().create_time() - 100, "url": "http://x:1", "started": 1.0}
    (folder / "1.json").write_text(json.dumps(own))
    (folder / "2.json").write_text("broken")
    assert not running_servers()
    assert not list(folder.iterdir())


@pytest.mark.slow
def test_of_several_servers_one_must_be_named(home: Path) -> None:
    with served() as (one, first), served() as (other, second):
        several = call("stop")
        assert several.returncode == 2
        assert f"--url {first}" in several.stderr
        assert call("stop", "--url", first).returncode == 0
        assert one.wait(30) == 0
        assert other.poll() is None
        assert call("stop", "--all", "--force").stdout == f"Ended the server at {second}.\n"
        assert other.wait(30) < 0


@pytest.mark.slow
def test_a_log_is_followed_until_the_server_ends(home: Path) -> None:
    with served() as (server, _):
        follower = subprocess.Popen(
            [sys.executable, "-m", "llama_worker", "logs", "-f"], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        try:
            call("stop", "builtin")  # which is not loaded: nothing is told of it
            assert call("run", "builtin", "hi", "-q", "--max-tokens", "1").returncode == 0
            server.terminate()
            told, _ = follower.communicate(timeout=30)
        finally:
            follower.kill()
        assert follower.returncode == 0
        assert "Traceback" not in told


@pytest.mark.slow
def test_a_server_may_keep_no_log(home: Path) -> None:
    with served("--log", "off"):
        assert "keeps no log" in call("logs").stderr
    assert not log_files()
    with served("--log", "/dev/full", "--model", "builtin") as (server, url):
        assert call("ps", "--url", url).returncode == 0
        server.terminate()
        assert server.wait(30) == 0
