"""Files that change, vanish or are damaged under a worker's hands: found by `make torture` and `make soak`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidSessionFileError, LlamaWorkerError, ModelNotFoundError


@pytest.mark.parametrize("damage", [b"\xff", b"[" * 200_000], ids=["not UTF-8", "too deep"])
async def test_a_session_file_whose_text_cannot_be_read(random_model: Model, tmp_path: Path, damage: bytes) -> None:
    session = await random_model.create_session(system_prompt="Remember.")
    await session.save(tmp_path / "saved")
    content = (tmp_path / "saved").read_bytes()
    (tmp_path / "saved").write_bytes(content.replace(b'"Remember."', damage))
    with pytest.raises(InvalidSessionFileError):
        await random_model.load_session(tmp_path / "saved")


async def test_a_model_whose_file_is_gone_by_now(worker: LlamaWorker, random_model_path: Path, tmp_path: Path) -> None:
    """What needs the file says so; the rest goes on."""
    path = Path(shutil.copy(random_model_path, tmp_path / "model.gguf"))
    model = await worker.load_model(path, context_size=256)
    session = await model.create_session(system_prompt="Remember.")
    path.unlink()
    assert model.info.size > 0
    with pytest.raises(ModelNotFoundError, match="is gone"):
        await session.save(tmp_path / "saved")
    assert await session.prompt("a", max_tokens=1)
    with pytest.raises(LlamaWorkerError) as refused:
        await model.create_context(context_size=384)
    assert refused.value.code == "model_load_failed"
