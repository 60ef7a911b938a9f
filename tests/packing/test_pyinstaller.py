"""A program packed with PyInstaller, without any option for llama-worker, on a machine without Python."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import psutil
import pytest

from tests.packing.clean_root import make_root, needs_namespaces, run_in
from tests.packing.environment import program, run

pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]
ASSISTANT = Path(__file__).parent / "programs" / "assistant.py"
FOUND = {"broken": "invalid_model", "confined": True, "aborted": "abort", "died": "engine_died", "packages": []}
FORMS = {"onedir": "assistant/assistant", "onefile": "assistant"}


@pytest.fixture(scope="module", params=FORMS)
def packed(request: pytest.FixtureRequest, packers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean root with the program in it, in either form."""
    folder = tmp_path_factory.mktemp(request.param)
    places = ("--distpath", folder / "out", "--workpath", folder / "work", "--specpath", folder)
    command = (program("packers", "pyinstaller"), "--noconfirm", "--strip", "--log-level", "ERROR")
    run(*command, f"--{request.param}", *places, ASSISTANT)
    root = make_root(folder / "root")
    shutil.copytree(folder / "out", root / "app", symlinks=True)
    return root / "app" / FORMS[request.param]


@needs_namespaces
def test_it_answers_streams_stops_and_survives(packed: Path) -> None:
    root = next(folder for folder in packed.parents if folder.name == "root")
    done = run_in(root, [f"/{packed.relative_to(root)}"])
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert "language model" in found.pop("answer")
    assert found.pop("pieces") > 1
    assert found.pop("again")
    assert found == FOUND


def test_its_engine_ends_with_it(packed: Path) -> None:
    with subprocess.Popen([packed, "linger"], stdout=subprocess.PIPE) as started:
        assert started.stdout
        own, engine = json.loads(started.stdout.readline())
        os.kill(own, signal.SIGKILL)
        assert started.wait(10) != 0
    gone(engine)


def gone(pid: int) -> None:
    """Wait for the end of a process that is no child of this one."""
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        threading.Event().wait(0.02)
