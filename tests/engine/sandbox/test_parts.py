"""The sandbox's small parts."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from llama_worker.engine.process.findings import finding_in, finding_line
from llama_worker.engine.sandbox import syscall_numbers
from llama_worker.engine.sandbox.devices import driver_is_asleep, has_gpu
from llama_worker.engine.sandbox.programs import files_to_execute
from llama_worker.engine.sandbox.report import Measure, SandboxReport
from tests.engine.sandbox.conftest import linux

HEADERS = (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm-generic/unistd.h"))


def numbered() -> dict[str, tuple[int | None, int | None]]:
    tables = (syscall_numbers.EXECUTE, syscall_numbers.FORK, syscall_numbers.REACH_OTHERS, syscall_numbers.NEVER)
    alone = {
        name.lower(): getattr(syscall_numbers, name) for name in ("CLONE", "CLONE3", "SOCKET", "SENDTO", "SECCOMP")
    }
    return alone | {name: pair for table in tables for name, pair in table.items()}


@pytest.mark.parametrize("column", [0, 1])
def test_system_calls_have_the_numbers_of_the_kernels_headers(column: int) -> None:
    if not HEADERS[column].exists():
        pytest.skip("no kernel headers here")
    text = HEADERS[column].read_text()
    for name, pair in numbered().items():
        found = re.search(rf"^#define __NR_{name}\s+(\d+)$", text, re.MULTILINE)
        assert pair[column] == (int(found[1]) if found else None), name


@linux
def test_a_native_program_needs_itself_and_its_loader(tmp_path: Path) -> None:
    files = files_to_execute(os.path.realpath(sys.executable))
    assert files is not None
    assert files[0] == os.path.realpath(sys.executable)
    assert all("ld" in Path(file).name and Path(file).exists() for file in files[1:])
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    assert files_to_execute(str(script)) is None
    assert files_to_execute(str(tmp_path / "nothing")) is None


@pytest.mark.parametrize(
    ("devices", "gpu", "asleep"),
    [
        ([], False, False),
        (["null", "dri/card0"], False, False),
        (["dri/renderD128"], True, False),
        (["nvidiactl"], True, True),
        (["nvidiactl", "nvidia0", "nvidia-uvm"], True, False),
        (["kfd"], True, False),
    ],
)
def test_gpus_are_known_by_their_devices(
    devices: list[str], gpu: bool, asleep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llama_worker.engine.sandbox.devices._DEVICES", tmp_path)
    for device in devices:
        (tmp_path / device).parent.mkdir(exist_ok=True)
        (tmp_path / device).touch()
    assert (has_gpu(), driver_is_asleep()) == (gpu, asleep)


def test_a_report_is_a_line_and_back() -> None:
    report = SandboxReport((Measure("files", True, "none"), Measure("memory", False, "no")))
    line = finding_line(report)
    assert line.endswith(b"\n")
    assert finding_in(line.strip(), SandboxReport) == report
    assert finding_in(line, Measure) is None
    assert [measure.name for measure in report.missing] == ["memory"]
    assert finding_in(b"llama_worker:SandboxReport:{", SandboxReport) is None
    assert finding_in(b"something else", SandboxReport) is None
