from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker.engine.command import LlamaServer, choose_engine
from llama_worker.engine.settings import EngineSettings

FakeEngine = Callable[[str], LlamaServer]


@pytest.fixture
def settings(random_model_path: Path) -> EngineSettings:
    return EngineSettings(model_path=str(random_model_path), context_size=1024, sequences=4, batch_size=32, threads=2)


@pytest.fixture(scope="session")
def fake_executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in as an executable file, run by this very interpreter."""
    source = Path(__file__).parent.parent / "fakes" / "llama_server.py"
    executable = tmp_path_factory.mktemp("bin") / "llama-server"
    executable.write_text(f"#!{sys.executable}\n{source.read_text()}")
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    return executable


@pytest.fixture
def fake_engine(fake_executable: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """An engine with the named fault ("" for none)."""

    def make(fault: str) -> LlamaServer:
        monkeypatch.setenv("FAKE_FAULT", fault)
        kind = choose_engine(str(fake_executable))
        assert isinstance(kind, LlamaServer)
        return kind

    return make
