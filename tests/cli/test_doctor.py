"""`llama-worker doctor`: what it finds, and what it says of what is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llama_worker.cli.commands.setup.doctor import compared_finding, gpu_finding, sandbox_findings, unused_finding
from llama_worker.cli.engine_speeds import SpeedRatio, compare_engines
from llama_worker.engine.command import Xllamacpp
from llama_worker.engine.defaults import defaults
from llama_worker.engine.devices.device import Device, Devices
from llama_worker.engine.sandbox import devices as system
from llama_worker.engine.sandbox.report import Measure, SandboxReport


def look(*arguments: str) -> tuple[int, str]:
    """The exit code, and the lines without their columns; never a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "llama_worker", "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "COLUMNS": "400"},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, "\n".join(" ".join(line.split()) for line in done.stdout.splitlines())


def test_all_is_well() -> None:
    code, said = look()
    assert code == 0, said
    for subject in ("llama-worker", "processor", "threads", "context_size", "engine", "gpu", "answer", "sandbox"):
        assert f" {subject} " in said
    for default in defaults():
        assert default.option == "threads" or f"{default.option} {default.value} ({default.reason})" in said
    assert "the built-in model says: " in said
    assert "✗" not in said
    for default in defaults():  # each with its reason; of threads, what would be chosen now
        assert default.option == "threads" or f"✓ {default.option} {default.value} ({default.reason})" in said
    assert "✓ context_size " in said
    assert " gpu " in said
    if sys.platform == "linux":
        assert "✓ sandbox" in said


def test_features_that_the_bundled_engine_leaves_unused_are_told() -> None:
    (finding,) = unused_finding(("AVX512", "AVX512_VNNI"))
    assert finding.verdict == "note"
    assert "leaves AVX512, AVX512_VNNI of this processor unused" in finding.text
    assert unused_finding(()) == []


def test_another_engine_is_compared_with_the_bundled_one() -> None:
    faster, slower = compared_finding(SpeedRatio(1.5, 1.0)), compared_finding(SpeedRatio(0.5, 1.0))
    assert faster.verdict == "ok"
    assert "reads prompts 1.50 times as fast as the bundled engine, and writes answers 1.00 times" in faster.text
    assert slower.verdict == "note"


@pytest.mark.slow
async def test_engines_are_compared_by_running_both() -> None:
    ratio = await compare_engines("xllamacpp", "xllamacpp")
    assert ratio.reading > 0
    assert ratio.writing > 0


def test_an_engine_that_is_not_there() -> None:
    code, said = look("--engine", "/nowhere/llama-server")
    assert code == 1
    assert "✗ engine No executable '/nowhere/llama-server'" in said


def test_an_engine_that_is_none() -> None:
    code, said = look("--engine", "true")
    assert code == 1
    assert "✗ answer The engine process exited" in said


def test_a_measure_that_is_not_in_force_is_told_with_its_reason() -> None:
    measures = (Measure("files", True, "reads only the model"), Measure("network", False, "no seccomp in this kernel"))
    in_force, missing = sandbox_findings(SandboxReport(measures))
    assert (in_force.verdict, in_force.text) == ("ok", "files: reads only the model")
    assert (missing.verdict, missing.text) == ("note", "not in force: network: no seccomp in this kernel")


def test_a_sandbox_that_was_switched_off_is_told() -> None:
    (finding,) = sandbox_findings(SandboxReport())
    assert (finding.verdict, finding.text) == ("note", "the engine is kept from nothing")


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
