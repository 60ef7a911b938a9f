"""Where the peers lie, and how each gets there: from the package index, in an environment of its own, once.

They are below `.peers/`, or the folder that `LLAMA_WORKER_PEERS` names; the native llama-server is `make native`'s.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PEERS = Path(os.environ.get("LLAMA_WORKER_PEERS", REPOSITORY / ".peers"))
NATIVE_ENGINE = REPOSITORY / ".native" / "llama-server"
PYTHON = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
NODE = "node"


class SetUpError(Exception):
    """One sentence: why an environment could not be set up."""


@dataclass(frozen=True)
class Environment:
    """One peer in a folder. `install` puts it there or raises `SetUpError`; `missing` says what to do."""

    requirement: str
    folder: Path
    is_there: Callable[[], bool]
    install: Callable[[], None]
    missing: str

    @property
    def ready(self) -> bool:
        return self.is_there()

    def set_up(self) -> None:
        """Install it unless it is there."""
        if not self.ready:
            self.install()


def python_packages(name: str, requirement: str) -> Environment:
    """A Python environment with one requirement that is built here, for this processor."""

    def install(folder: Path) -> None:
        if not (shutil.which("cc") or shutil.which("cl")):
            raise SetUpError("It is compiled when it is installed, and there is no C compiler.")
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(folder / PYTHON), "-m", "pip", "install", "--quiet", requirement])

    return _pinned(name, requirement, install)


def node_packages(name: str, requirement: str) -> Environment:
    """A folder with `node_modules`."""

    def install(folder: Path) -> None:
        npm = shutil.which("npm")
        if npm is None or shutil.which(NODE) is None:
            raise SetUpError("It needs Node.js and npm, which are not here.")
        (folder / "package.json").write_text('{"private": true}\n')
        _run([npm, "install", "--silent", "--no-audit", "--no-fund", requirement], folder)

    return _pinned(name, requirement, install)


def native() -> Environment:
    """The llama-server of `make native`, which the Makefile makes."""

    def install() -> None:
        make = shutil.which("make")
        if make is None:
            raise SetUpError("There is no make, by which it is compiled.")
        _run([make, NATIVE_ENGINE.relative_to(REPOSITORY).as_posix()], REPOSITORY)

    missing = "No llama-server is compiled for this machine: run `make bench-peers` (15 minutes)."
    return Environment("llama-server", NATIVE_ENGINE.parent, NATIVE_ENGINE.exists, install, missing)


def _pinned(name: str, requirement: str, install: Callable[[Path], None]) -> Environment:
    """In a folder of its own, with a note of the version once all of it is there; another version is removed."""
    folder = PEERS / name
    note = folder / "set-up"

    def is_there() -> bool:
        return note.is_file() and note.read_text().strip() == requirement

    def install_anew() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        note.write_text(f"{requirement}\n")

    return Environment(
        requirement, folder, is_there, install_anew, f"{requirement} is not installed: run `make bench-peers`."
    )


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    result = subprocess.run(command, cwd=folder, check=False)
    if result.returncode:
        raise SetUpError(f"`{' '.join(command)}` failed with exit code {result.returncode}; its last lines are above.")
