"""Which projector a model is loaded with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, errors
from tests.gguf_factory import write_gguf
from tests.projector_factory import write_projector


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "model.gguf")


async def modalities(worker: LlamaWorker, path: Path, **options: Any) -> tuple[str, ...]:
    return (await worker.load_model(path, context_size=256, sequences=1, **options)).info.modalities


async def test_one_beside_the_model_is_found_and_can_be_left_out(worker: LlamaWorker, model: Path) -> None:
    write_projector(model.with_name("mmproj.gguf"))
    assert await modalities(worker, model) == ("image",)
    assert await modalities(worker, model, projector=False) == ()


async def test_one_that_is_broken_or_of_another_model_is_none(worker: LlamaWorker, model: Path) -> None:
    write_projector(model.with_name("mmproj-other.gguf"), embedding_length=128)
    model.with_name("mmproj-broken.gguf").write_bytes(b"GGUF")
    assert await modalities(worker, model) == ()
    with pytest.raises(errors.ModelNotFoundError, match=r"There is no projector for model\.gguf beside it"):
        await modalities(worker, model, projector=True)


async def test_one_that_is_named_must_fit(worker: LlamaWorker, model: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = write_projector(elsewhere / "sound.gguf", image=False, audio=True)
    assert await modalities(worker, model, projector=str(path)) == ("audio",)
    other = write_projector(elsewhere / "other.gguf", embedding_length=128)
    with pytest.raises(errors.InvalidModelError, match="projector for another model"):
        await modalities(worker, model, projector=str(other))
    with pytest.raises(errors.InvalidModelError, match="not a usable projector: it is a file of architecture 'llama'"):
        await modalities(worker, model, projector=str(model))
    with pytest.raises(errors.ModelNotFoundError):
        await modalities(worker, model, projector=str(elsewhere / "none.gguf"))
