from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker.engine.command import LlamaServer, choose_engine
from llama_worker.engine.settings import EngineSettings

FakeEngine = Callable[[str], LlamaServer]


@pytest.fixture
def settings(random_model_path: Path) -> EngineSettings:
    return EngineSettings(model_path=str(random_model_path), context_size=1024, sequences=4, batch_size=32, threads=2)


@pytest.fixture
def fake_engine(fake_executable: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """An engine with the named fault ("" for none)."""

    def make(fault: str) -> LlamaServer:
        monkeypatch.setenv("FAKE_FAULT", fault)
        kind = choose_engine(str(fake_executable))
        assert isinstance(kind, LlamaServer)
        return kind

    return make
