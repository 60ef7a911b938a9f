"""Programs and what they ask for, as the system's loader and their files tell; and how one is started."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llama_worker.engine.command import listing_environment
from llama_worker.engine.process.calling import EXEC, FOLLOWING_VARIABLE
from llama_worker.engine.process.findings import finding_in
from llama_worker.engine.process.frozen import child_command
from llama_worker.engine.threads.following import Following
from llama_worker.engine.threads.openmp import asks_for_gnu_openmp, has_gnu_openmp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP follows its CPUs on Linux only")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A native program in a folder of its own, which prints its arguments."""
    echo = shutil.which("echo")
    assert echo
    return Path(shutil.copy(os.path.realpath(echo), tmp_path / "llama-server"))


def needs_openmp(program: Path) -> None:
    """As a build that chooses at its start what this processor can."""
    (program.parent / "libggml-cpu-haswell.so").write_bytes(b"\x7fELF\0libgomp.so.1\0libm.so.6\0")


def test_a_program_that_does_not_ask_for_it(program: Path) -> None:
    assert not asks_for_gnu_openmp(str(program))


def test_what_is_loaded_later_may_ask_for_it(program: Path) -> None:
    needs_openmp(program)
    assert asks_for_gnu_openmp(str(program))


def test_beside_where_the_link_leads(program: Path, tmp_path: Path) -> None:
    needs_openmp(program)
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin" / "llama-server"
    link.symlink_to(program)
    assert asks_for_gnu_openmp(str(link))


@pytest.mark.parametrize("content", ["#!/bin/sh\n", "", "\x7fELF\x02\x01"])
def test_what_is_no_native_program(content: str, tmp_path: Path) -> None:
    script = tmp_path / "llama-server"
    script.write_text(content)
    assert not asks_for_gnu_openmp(str(script))


def test_a_process_without_it_and_one_that_is_gone() -> None:
    process = subprocess.Popen(["sleep", "1000"])
    assert not has_gnu_openmp(process.pid)
    process.kill()
    process.wait()
    assert not has_gnu_openmp(process.pid)


@pytest.mark.parametrize("follows", [False, True])
def test_a_program_whose_threads_follow_is_started_with_all(program: Path, *, follows: bool) -> None:
    if follows:
        needs_openmp(program)
    following = {FOLLOWING_VARIABLE: json.dumps(["--threads", "4"])}
    told = subprocess.run(
        [*child_command(), EXEC, str(program), "--threads", "2"],
        env=listing_environment() | following,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    ).stdout.splitlines()
    assert [said for line in told if (said := finding_in(line, Following))] == [Following(follows)]
    assert told[-1] == (b"--threads 4" if follows else b"--threads 2")
