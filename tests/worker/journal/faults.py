"""Faults of a disk at each step of writing a journal: `faults.c`, compiled and preloaded."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path

import pytest

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
needs_faults = pytest.mark.skipif(
    sys.platform != "linux" or COMPILER is None, reason="preloads a library, which needs Linux and a C compiler"
)


class Fault(IntEnum):
    """What happens at the chosen step; the numbers are those of `faults.c`."""

    NONE = 0
    KILL_BEFORE = 1
    KILL_AFTER = 2
    TORN = 3  # half of the bytes are written, then it is killed
    NO_SPACE = 4
    IO_ERROR = 5
    SHORT_WRITE = 6
    FULL_FROM_HERE = 7  # every later write fails too


def build(folder: Path) -> Path:
    """The library to preload."""
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    assert COMPILER
    command = [COMPILER, "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return library


def environment(library: Path, journal: Path, fault: Fault = Fault.NONE, step: int = 0) -> dict[str, str]:
    """For a program whose journal that is."""
    facts = {"LD_PRELOAD": str(library), "FAULT_PATH": str(journal), "FAULT_KIND": str(int(fault))}
    return os.environ | facts | {"FAULT_STEP": str(step)}


def arm(fault: Fault, step: int) -> None:
    """In such a program: count from here on."""
    ctypes.CDLL(None).fault_arm(ctypes.c_int(fault), ctypes.c_long(step))


def steps() -> int:
    """In such a program: how many steps there were since."""
    counted = ctypes.CDLL(None).fault_steps
    counted.restype = ctypes.c_long
    return int(counted())
