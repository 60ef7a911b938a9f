"""`doctor` tells what is chosen without being asked for, and of GPUs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llama_worker.cli.commands.doctor import gpu_finding
from llama_worker.engine.command import Xllamacpp
from llama_worker.engine.defaults import defaults
from llama_worker.engine.devices.device import Device, Devices
from llama_worker.engine.sandbox import devices as system


def test_every_number_that_is_chosen_is_told_with_its_reason() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llama_worker", "doctor"],
        capture_output=True,
        text=True,
        timeout=120,
        env={"COLUMNS": "400", "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split()[1]: line for line in done.stdout.splitlines()}
    assert {"gpu", "context_size", "answer"} <= rows.keys()
    for default in defaults():
        assert default.option == "threads" or f"{default.value} ({default.reason})" in rows[default.option]


def test_gpus_are_told_or_why_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_DEVICES", tmp_path)
    card = Device(name="CUDA0", description="T4", memory_total=16_000_000_000, memory_free=15_500_000_000)
    listed = gpu_finding(Xllamacpp(), Devices(gpus=(card,)))
    assert (listed.verdict, listed.text) == ("ok", "CUDA0: T4, 15.5 of 16.0 GB free")
    none = gpu_finding(Xllamacpp(), Devices())
    assert (none.verdict, none.text) == ("ok", "none")
    (tmp_path / "nvidia0").touch()
    missing = gpu_finding(Xllamacpp(), Devices())
    assert missing.verdict == "note"
    assert "--index-url" in missing.text
    assert "driver" in gpu_finding(Xllamacpp(), Devices(backends=("CUDA",))).text
