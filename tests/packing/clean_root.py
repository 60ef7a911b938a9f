"""A machine with a C library and nothing else: no Python, no packages, no network. In namespaces of Linux."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

# What every Linux system of glibc has, and zlib, which PyInstaller's loader asks for; programs bring everything else.
_PARTS = (("c", 6), ("dl", 2), ("m", 6), ("pthread", 0), ("rt", 1), ("z", 1))
_C_LIBRARY = ("ld-linux-x86-64.so.2", *(f"lib{name}.so.{number}" for name, number in _PARTS))
_NAMESPACES = ("--user", "--map-root-user", "--mount", "--net", "--pid", "--fork", "--kill-child")
_ENTER = """
mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"
"""

needs_namespaces = pytest.mark.skipif(
    subprocess.run(["unshare", *_NAMESPACES, "true"], capture_output=True, check=False).returncode != 0
    if shutil.which("unshare")
    else True,
    reason="needs Linux' namespaces, which this system does not allow",
)


def make_root(folder: Path) -> Path:
    """An empty system."""
    for name in ("dev", "home", "proc", "tmp", "usr/lib"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("lib", "lib64"):
        (folder / name).symlink_to("usr/lib")
    for name in _C_LIBRARY:
        found = next((path for path in _folders() if (path / name).exists()), None)
        if found:
            shutil.copy(found / name, folder / "usr" / "lib" / name)
    return folder


def run_in(root: Path, command: Sequence[str], *, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program of that system, which reads `given`; its environment is empty but for a home."""
    return subprocess.run(
        ["unshare", *_NAMESPACES, "sh", "-c", _ENTER, str(root), *command],
        capture_output=True,
        text=True,
        timeout=100,
        input=given,
        env={"HOME": "/home", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        check=False,
    )


def _folders() -> list[Path]:
    return [Path(name) for name in ("/lib64", "/lib/x86_64-linux-gnu", "/usr/lib64")]
