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
from tests.packing.environment import ROOT, program, run
from tests.packing.found import check

pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]
PROGRAMS = Path(__file__).parent / "programs"
FORMS = {"onedir": "assistant/assistant", "onefile": "assistant"}


def pack(source: Path, form: str, folder: Path) -> Path:
    """A clean root with the program in it, in either form; its folder there is `app`."""
    places = ("--distpath", folder / "out", "--workpath", folder / "work", "--specpath", folder)
    command = (program("packers", "pyinstaller"), "--noconfirm", "--strip", "--log-level", "ERROR")
    run(*command, f"--{form}", *places, source)
    root = make_root(folder / "root")
    shutil.copytree(folder / "out", root / "app", symlinks=True)
    return root


@pytest.fixture(scope="module", params=FORMS)
def packed(request: pytest.FixtureRequest, packers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in its clean root."""
    root = pack(PROGRAMS / "assistant.py", request.param, tmp_path_factory.mktemp(request.param))
    return root / "app" / FORMS[request.param]


@needs_namespaces
def test_it_answers_streams_stops_and_survives(packed: Path) -> None:
    root = next(folder for folder in packed.parents if folder.name == "root")
    done = run_in(root, [f"/{packed.relative_to(root)}"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert check(done.stdout) == []


def test_its_engine_ends_with_it(packed: Path) -> None:
    with subprocess.Popen([packed, "linger"], stdout=subprocess.PIPE) as started:
        assert started.stdout
        own, engine = json.loads(started.stdout.readline())
        os.kill(own, signal.SIGKILL)
        assert started.wait(10) != 0
    gone(engine)


@needs_namespaces
@pytest.mark.usefixtures("packers")
def test_a_worker_for_other_languages_needs_no_python(tmp_path: Path) -> None:
    """As an Electron app brings it along. It holds all commands, and the server with its page."""
    root = pack(ROOT / "examples" / "electron" / "python" / "worker.py", "onedir", tmp_path)
    messages: list[dict[str, object]] = [
        {"type": "load_model", "modelPath": "builtin"},
        {"type": "create_context"},
        {"type": "generate_completion", "prompt": "What is llama-worker?", "options": {"temperature": 0}},
    ]
    given = "".join(json.dumps(message) + "\n" for message in messages)
    told = run_in(root, ["/app/worker/worker", "stdio"], given=given)
    (done,) = [line for line in map(json.loads, told.stdout.splitlines()) if line["type"] == "completion_done"]
    assert "language model" in done["fullText"]
    listed = run_in(root, ["/app/worker/worker", "list", "--json"])
    assert [entry["name"] for entry in json.loads(listed.stdout)] == ["builtin"]
    assert list((root / "app" / "worker" / "_internal" / "llama_worker" / "http" / "page").glob("index.html"))


def gone(pid: int) -> None:
    """Wait for the end of a process that is no child of this one."""
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        threading.Event().wait(0.02)
