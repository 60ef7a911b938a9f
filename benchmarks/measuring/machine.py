"""The machine, the system and the versions that were measured."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from benchmarks.measuring.busy import cores

_CPUINFO = Path("/proc/cpuinfo")
# Of a processor's many flags those by which llama.cpp chooses its code.
_FLAGS = ("sse4_2", "avx", "f16c", "fma", "avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8")
_ARM_FLAGS = ("asimd", "asimddp", "i8mm", "sve", "sme")
_PACKAGES = ("llama-worker", "xllamacpp")

Facts = dict[str, str | int | float]


def describe() -> Facts:
    """What a reader needs to know to compare with their own; nothing that names the machine or its owner."""
    flags = _processor("flags") or _processor("Features")
    facts: Facts = {
        "date": _now(),
        "processor": _processor("model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "cores": cores(),
        "threads of a core": _threads_of_a_core(),
        "flags": " ".join(flag for flag in (*_FLAGS, *_ARM_FLAGS) if flag in flags.split()),
        "hypervisor": "yes" if "hypervisor" in flags.split() else "no or unknown",
        "memory GB": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_version()} ({sys.implementation.name})",
        "commit": _commit(),
    }
    return facts | {package: _version(package) for package in _PACKAGES}


def when() -> str:
    """The date, and what was measured."""
    return f"{_now()} at {_commit() or 'no commit'}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _processor(name: str) -> str:
    if not _CPUINFO.exists():
        return ""
    found = re.search(rf"^{name}\s*:\s*(.*)$", _CPUINFO.read_text(), re.MULTILINE)
    return found[1] if found else ""


def _threads_of_a_core() -> int:
    physical = psutil.cpu_count(logical=False) or 1
    return max(1, (psutil.cpu_count() or 1) // physical)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    """Short, with a plus sign when files were changed since; empty outside of a repository."""
    asked = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        return subprocess.run(
            asked, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
