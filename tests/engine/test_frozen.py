from __future__ import annotations

import subprocess
import sys

import pytest

import llama_worker
from llama_worker.engine.process import frozen
from llama_worker.errors import EngineNotFoundError


def test_a_packed_program_must_say_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "_supported", False)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(EngineNotFoundError, match="freeze_support"):
        frozen.child_command()
    llama_worker.freeze_support()
    assert frozen.child_command()[0] == sys.executable


def test_a_packed_program_becomes_the_engine_when_it_is_asked_to() -> None:
    """Its first lines, as the engine process runs them: without the engine's settings it cannot go on."""
    code = "import sys; sys.frozen = True; sys.argv = ['app', *sys.argv[1:]]\nimport llama_worker\n"
    program = [sys.executable, "-c", code + "llama_worker.freeze_support(); print('the program itself')"]
    assert "the program itself" in subprocess.run(program, capture_output=True, text=True).stdout
    engine = subprocess.run([*program, *frozen._CHILD_ARGUMENTS], capture_output=True, text=True)
    assert engine.stdout == ""
    assert "LLAMA_WORKER_PARENT_PID" in engine.stderr
