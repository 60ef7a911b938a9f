"""What every test may use: models, workers, and proof that nothing was left behind."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model
from tests.gguf_factory import write_gguf
from tests.projector_factory import write_projector

# Hundreds of processes are started here, and each would compile this package anew where bytecode may not be kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# What is kept of runs, and what is downloaded, belongs to these tests and not to whoever runs them.
_HOME = tempfile.TemporaryDirectory(prefix="llama-worker-tests-")
os.environ |= {name: f"{_HOME.name}/{name}" for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "HF_HOME")}


@pytest.fixture(scope="session")
def random_model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that talks noise for as long as it is let: for everything but the meaning of text."""
    return write_gguf(tmp_path_factory.mktemp("models") / "random.gguf")


@pytest.fixture(scope="session")
def slow_model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 40 million weights: slow enough that an abort comes in the middle; never ends by itself."""
    path = tmp_path_factory.mktemp("models") / "slow.gguf"
    return write_gguf(path, embedding_length=512, block_count=12, head_count=8, feed_forward_length=1536, endless=True)


@pytest.fixture(scope="session")
def seeing_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model with its projector beside it: it sees and hears, and talks noise that depends on what."""
    folder = tmp_path_factory.mktemp("seeing")
    write_projector(folder / "mmproj-model.gguf", audio=True)
    return write_gguf(folder / "model.gguf", plain_text=True, endless=True)


@pytest.fixture
async def worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker


@pytest.fixture
async def random_model(worker: LlamaWorker, random_model_path: Path) -> Model:
    return await worker.load_model(random_model_path)


@pytest.fixture
async def slow_model(worker: LlamaWorker, slow_model_path: Path) -> Model:
    """For what must still be running when the test gets to it."""
    return await worker.load_model(slow_model_path)


@pytest.fixture
async def builtin(worker: LlamaWorker) -> Model:
    return await worker.load_model("builtin")


@pytest.fixture(scope="session")
def fake_executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in as an executable file, run by this very interpreter."""
    source = Path(__file__).parent / "fakes" / "llama_server.py"
    executable = tmp_path_factory.mktemp("bin") / "llama-server"
    executable.write_text(f"#!{sys.executable}\n{source.read_text()}")
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    return executable
