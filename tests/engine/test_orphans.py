"""However a program ends, its engines end too, and what they left in the temp directory goes with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from llama_worker.engine.command import ENGINE_VARIABLE

# A second is typical; a loaded machine gets more.
PATIENCE = 20.0


@contextmanager
def program(
    mode: str, model: Path, temp: Path, engine: str = "auto"
) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A program and its engines, without those that have ended by now."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.program", mode, str(model)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"TMPDIR": str(temp), ENGINE_VARIABLE: engine},
    )
    assert process.stdout
    try:
        told = process.stdout.readline().split()
        assert told
        yield process, [psutil.Process(int(pid)) for pid in told if psutil.pid_exists(int(pid))]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until_gone(engines: list[psutil.Process]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not all(map(gone, engines)):
        assert time.monotonic() < deadline, f"still running: {engines}"
        time.sleep(0.02)


@pytest.mark.parametrize("mode", ["idle", "generating", "loading", "two"])
def test_a_killed_program_leaves_no_engine(mode: str, random_model_path: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.symlink_to(random_model_path)
    with program(mode, model, tmp_path) as (process, engines):
        process.send_signal(signal.SIGKILL)
        wait_until_gone(engines)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing ends a stopped process from outside")
@pytest.mark.parametrize("engine", ["xllamacpp", "llama-server"])
def test_a_killed_program_leaves_no_stopped_engine(
    engine: str, random_model_path: Path, tmp_path: Path, fake_executable: Path
) -> None:
    """It hears nothing of its input's end, and of no signal but two."""
    chosen = engine if engine == "xllamacpp" else str(fake_executable)
    with program("idle", random_model_path, tmp_path, chosen) as (process, engines):
        engines[0].send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGKILL)
        try:
            wait_until_gone(engines)
        finally:
            if not gone(engines[0]):
                engines[0].kill()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_program_ended_by_a_signal_leaves_nothing(
    signal_number: signal.Signals, random_model_path: Path, tmp_path: Path
) -> None:
    with program("generating", random_model_path, tmp_path) as (process, engines):
        process.send_signal(signal_number)
        process.wait(PATIENCE)
        wait_until_gone(engines)
        assert not list(tmp_path.glob("llama-worker-*"))


def test_what_a_signal_runs_imports_nothing(tmp_path: Path) -> None:
    """It may have interrupted the import of the same module, of which there is only half then."""
    left = tmp_path / "left"
    left.mkdir()
    (left / "file").touch()
    code = (
        "import builtins, sys\n"
        "from llama_worker.engine.process.child import _leaving\n"
        "leave = _leaving(sys.argv[1])\n"
        "builtins.__import__ = None\n"
        "leave()\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(left)], check=False, timeout=PATIENCE).returncode == 0
    assert not left.exists()


def test_a_program_that_just_returns_leaves_nothing(random_model_path: Path, tmp_path: Path) -> None:
    with program("exits", random_model_path, tmp_path) as (process, engines):
        assert process.wait(PATIENCE) == 0
        wait_until_gone(engines)
        assert not list(tmp_path.glob("llama-worker-*"))


def test_a_stalled_external_engine_ends_with_its_program(
    random_model_path: Path, tmp_path: Path, fake_executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same promise for a program that is not ours."""
    code = (
        "import asyncio, sys\n"
        "from llama_worker import LlamaWorker\n"
        "from llama_worker.engine.process.process import _running\n"
        "async def main():\n"
        "    load = LlamaWorker(engine=sys.argv[1]).load_model(sys.argv[2])\n"
        "    stream = aiter(load)\n"  # kept: a stream that is dropped aborts
        "    await anext(stream)\n"
        "    print(*(process.pid for process in _running), flush=True)\n"
        "    await load\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(fake_executable), str(random_model_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"FAKE_FAULT": "stalls", "TMPDIR": str(tmp_path)},
    )
    assert process.stdout
    with process.stdout:
        engine = psutil.Process(int(process.stdout.readline()))
        process.kill()
        process.wait()
        wait_until_gone([engine])
