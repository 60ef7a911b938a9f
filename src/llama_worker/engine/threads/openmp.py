"""Whether a program computes with GNU's OpenMP, the only one whose threads follow the CPUs that they may use."""

from __future__ import annotations

import subprocess
from mmap import ACCESS_READ, mmap
from pathlib import Path

from ..sandbox.programs import files_to_execute

_LIBRARY = "libgomp.so"
# llama.cpp's part that computes on processors, which a build for many kinds of them loads when it has started.
_LOADED_LATER = "libggml-cpu*.so*"
_SECONDS = 5.0


def asks_for_gnu_openmp(program: str) -> bool:
    """Whether it, or what it loads, asks for it. Blocks for some milliseconds; False where nobody can tell."""
    program, *loader = files_to_execute(program) or [program]
    libraries = _loaded_at_start(program, *loader) if loader else []
    if any(library.name.startswith(_LIBRARY) for library in libraries):
        return True
    folders = {Path(program).resolve().parent, *(library.parent for library in libraries if "ggml" in library.name)}
    return any(_names_it(file) for folder in folders for file in folder.glob(_LOADED_LATER))


def has_gnu_openmp(pid: int) -> bool:
    """Whether that process has loaded it. False where the system does not tell."""
    try:
        return f"/{_LIBRARY}" in Path(f"/proc/{pid}/maps").read_text(errors="replace")
    except OSError:
        return False


def _loaded_at_start(program: str, loader: str) -> list[Path]:
    """As the system's loader tells when it is asked so; the program itself does not run."""
    try:
        told = subprocess.run(
            [loader, "--list", program],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    paths = (line.partition(" => ")[2].rpartition(" (")[0] for line in told.splitlines())
    return [Path(path) for path in paths if path.startswith("/")]


def _names_it(file: Path) -> bool:
    try:
        with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as content:
            return content.find(_LIBRARY.encode()) >= 0
    except (OSError, ValueError):
        return False
