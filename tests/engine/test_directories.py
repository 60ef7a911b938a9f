"""The private directories of engines: who owns them, and what becomes of those that nobody owns."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llama_worker.engine.process.directory import create_directory, remove_directory, sweep_abandoned_directories

OWNS = """
import sys
from llama_worker.engine.process.directory import create_directory
print(create_directory("engine.sock"), flush=True)
sys.stdin.read()
"""
FORKS = """
import os, sys
from llama_worker.engine.process.directory import create_directory
directory = create_directory("engine.sock")
if os.fork():
    os._exit(0)
print(directory, flush=True)
sys.stdin.read()
"""
SWEEPS = "from llama_worker.engine.process.directory import sweep_abandoned_directories as sweep; sweep()"


@pytest.fixture
def temp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@contextmanager
def owner(code: str, temp: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that owns a directory."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temp)},
    )
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        yield process, Path(process.stdout.readline().strip())
    process.wait()


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_directory_belongs_to_who_holds_its_lock(temp: Path) -> None:
    """Whatever its name says: in another PID namespace that process does not exist."""
    with owner(OWNS, temp) as (process, directory):
        renamed = directory.rename(temp / f"llama-worker-{dead_pid()}-abc")
        sweep_abandoned_directories()
        assert renamed.is_dir()
        process.kill()
        process.wait()
        sweep_abandoned_directories()
        assert not renamed.exists()


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, and Linux's unshare"
)
def test_a_sweep_from_another_pid_namespace_leaves_what_is_in_use(temp: Path) -> None:
    directory = create_directory("engine.sock")
    try:
        command = ["unshare", "--fork", "--pid", "--mount-proc", sys.executable, "-c", SWEEPS]
        done = subprocess.run(command, env=os.environ | {"TMPDIR": str(temp)}, capture_output=True, text=True)
        if "Operation not permitted" in done.stderr:
            pytest.skip("no PID namespaces here")
        assert (done.stderr, done.returncode) == ("", 0)
        assert Path(directory).is_dir()
    finally:
        remove_directory(directory)
    assert not Path(directory).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_child_does_not_keep_what_its_parent_left(temp: Path) -> None:
    with owner(FORKS, temp) as (process, directory):
        process.wait()
        sweep_abandoned_directories()
        assert not directory.exists()


def test_what_is_not_ours_is_not_swept(temp: Path) -> None:
    for name in (f"llama-worker-{dead_pid()}-abc", "llama-worker-notes-1", "other"):
        (temp / name).mkdir()
    (temp / "llama-worker-file").touch()
    before = set(temp.iterdir())
    sweep_abandoned_directories()
    assert set(temp.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="about flock")
def test_where_files_cannot_be_locked_nothing_is_swept(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", refuse)
        directory = create_directory("engine.sock")
    subprocess.run([sys.executable, "-c", SWEEPS], env=os.environ | {"TMPDIR": str(temp)}, check=True)
    assert Path(directory).is_dir()
    remove_directory(directory)
    assert not Path(directory).exists()


def test_a_full_disk_leaves_nothing_behind(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OSError, match="No space"):
        create_directory("engine.sock")
    assert list(temp.iterdir()) == []
