from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import llama_worker
from llama_worker.engine.process import frozen
from llama_worker.engine.process.frozen import CHILD_MODULE, ENGINE_ARGUMENT, child_command, is_packed
from llama_worker.errors import EngineNotFoundError


@pytest.fixture(autouse=True)
def as_after_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "_program", None)


def test_elsewhere_it_does_nothing() -> None:
    llama_worker.freeze_support()
    assert not is_packed()
    assert child_command() == [sys.executable, "-P", "-m", CHILD_MODULE]


def test_a_packed_program_must_say_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(EngineNotFoundError, match="freeze_support"):
        child_command()
    llama_worker.freeze_support()
    assert child_command() == [sys.executable, ENGINE_ARGUMENT]


def test_a_program_compiled_by_nuitka_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its `sys.executable` names a Python that is not there."""
    compiled = SimpleNamespace(standalone=True, process_exe="/opt/app/app.bin")
    monkeypatch.setitem(vars(frozen), "__compiled__", compiled)
    llama_worker.freeze_support()
    assert child_command() == ["/opt/app/app.bin", ENGINE_ARGUMENT]
    compiled.standalone = False  # its modules alone are compiled, and Python runs them
    llama_worker.freeze_support()
    assert not is_packed()


def test_a_program_may_name_its_executable() -> None:
    llama_worker.freeze_support("/opt/app/app")
    assert is_packed()
    assert child_command() == ["/opt/app/app", ENGINE_ARGUMENT]


def test_a_packed_program_becomes_the_engine_when_it_is_asked_to() -> None:
    """Its first lines, as the engine process runs them: without the engine's settings it cannot go on."""
    code = "import sys; sys.frozen = True; sys.argv = ['app', *sys.argv[1:]]\nimport llama_worker\n"
    program = [sys.executable, "-c", code + "llama_worker.freeze_support(); print('the program itself')"]
    assert "the program itself" in subprocess.run(program, capture_output=True, text=True).stdout
    engine = subprocess.run([*program, ENGINE_ARGUMENT], capture_output=True, text=True)
    assert engine.stdout == ""
    assert "LLAMA_WORKER_PARENT_PID" in engine.stderr


@pytest.mark.slow
def test_a_packed_program_ends_its_mcp_servers_itself(tmp_path: Path) -> None:
    """Even where another process stands between the two, as in programs that unpack themselves first."""
    program = tmp_path / "app"
    source = Path(llama_worker.__file__).parents[1]
    code = f"import os, sys; sys.frozen = True; sys.path.insert(0, {str(source)!r})\nimport llama_worker\n"
    code += "llama_worker.freeze_support(os.environ['APP'])\n"
    code += "import asyncio\nfrom llama_worker.mcp import McpServer\n"
    code += (
        "async def main():\n    async with McpServer(*sys.argv[1:]):\n        print('here', flush=True); os._exit(1)\n"
    )
    (tmp_path / "app.py").write_text(code + "asyncio.run(main())\n")
    program.write_text(
        f"#!/bin/sh\nexport APP='{program}'\n'{sys.executable}' '{tmp_path / 'app.py'}' \"$@\"\nexit $?\n"
    )
    program.chmod(0o755)
    fake, trace = Path(__file__).parents[1] / "fakes" / "mcp_server.py", tmp_path / "trace"
    server = [str(program), "/usr/bin/env", f"MCP_TRACE={trace}", sys.executable, "-S", str(fake), "stubborn"]
    assert subprocess.run(server, stdout=subprocess.PIPE, text=True, timeout=60).stdout == "here\n"
    pid = int(trace.read_text().split()[1])
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)
