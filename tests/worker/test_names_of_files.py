"""A model file whose name is no UTF-8: refused in words that can be printed and sent, and listed as what it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidModelError, InvalidOptionsError, LlamaWorkerError
from llama_worker.messages import Result
from llama_worker.models import ModelStore
from llama_worker.ports.codec import encode
from llama_worker.worker.reporting import error_message

NAME = os.fsdecode(b"caf\xe9.gguf")


@pytest.fixture
def path(tmp_path: Path, random_model_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return Path(shutil.copy(random_model_path, tmp_path / "models" / NAME))


def can_be_told(error: LlamaWorkerError) -> bool:
    return bool(error.message.encode() and encode(error_message(error)))


async def test_it_is_refused(path: Path, worker: LlamaWorker) -> None:
    for name in (path, str(path), {"modelPath": str(path)}):
        with pytest.raises(InvalidOptionsError, match="no Unicode text") as raised:
            worker.load_model(name)
        assert can_be_told(raised.value)


def test_so_is_one_below_such_a_folder(path: Path) -> None:
    """Where nobody wrote the name: the store's own folder is called so."""
    folder = path.parent.rename(path.parent.with_name(NAME))
    (folder / NAME).rename(folder / "a.gguf")
    with pytest.raises(InvalidModelError, match="rename the file or its folder") as raised:
        ModelStore(folder, folder).resolve("a.gguf")
    assert can_be_told(raised.value)


def test_it_is_listed(path: Path) -> None:
    entries = ModelStore(path.parent / "hub", path.parent).list()
    assert [(entry.name, entry.state) for entry in entries] == [("builtin", "complete"), ("caf\\udce9.gguf", "broken")]
    assert "rename" in (entries[1].problem or "")
    assert entries[1].path.encode()


def test_a_path_that_is_no_text_can_be_sent() -> None:
    assert b"caf\\\\udce9" in encode(Result(value={"path": [NAME]}))
