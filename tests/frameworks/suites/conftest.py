"""What the suites share: real models by name, and proof that nothing is left running."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llama_worker import sync
from llama_worker.integrations import shared_worker


@pytest.fixture(scope="session", autouse=True)
def _shared() -> Iterator[None]:
    """The worker that providers share ends with the tests."""
    yield
    shared_worker().cleanup()


@pytest.fixture(scope="session")
def another_name(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The built-in model as somebody else's file."""
    import llama_worker.assets

    source = Path(llama_worker.assets.__file__).parent / "builtin.gguf"
    return str(shutil.copy(source, tmp_path_factory.mktemp("models") / "another.gguf"))


@pytest.fixture
def is_idle() -> Callable[[sync.LlamaWorker], None]:
    """Calling it waits until nothing uses any model of a worker: then every slot is free."""

    def wait(worker: sync.LlamaWorker) -> None:
        deadline = time.monotonic() + 20
        while any(model.users for model in worker.list_models()):
            assert time.monotonic() < deadline, "a slot is still taken"
            time.sleep(0.01)

    return wait
