"""`llama-worker doctor`: what it finds, and what it says of what is broken."""

from __future__ import annotations

import os
import subprocess
import sys

from llama_worker.cli.commands.doctor import sandbox_findings
from llama_worker.engine.sandbox.report import Measure, SandboxReport


def look(*arguments: str) -> tuple[int, str]:
    """The exit code, and the lines without their columns; never a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "llama_worker", "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "COLUMNS": "300"},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, "\n".join(" ".join(line.split()) for line in done.stdout.splitlines())


def test_all_is_well() -> None:
    code, said = look()
    assert code == 0, said
    for subject in ("llama-worker", "processor", "threads", "engine", "answer", "sandbox"):
        assert f" {subject} " in said
    assert "the built-in model says: " in said
    assert "✗" not in said
    if sys.platform == "linux":
        assert "✓ sandbox" in said


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
