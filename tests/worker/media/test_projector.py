"""Which projector a model is loaded with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from llama_worker import Image, LlamaWorker, Model, errors
from llama_worker.engine.companions import ProjectorFile
from llama_worker.worker.companions.projector import with_step_for_images
from tests.gguf_factory import write_gguf
from tests.projector_factory import Shape, png, write_projector


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


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_what_it_takes_is_counted(worker: LlamaWorker, tmp_path: Path) -> None:
    """Within 15 %, as measured of an engine that has read an image, and refused where there is no room."""
    model = write_gguf(tmp_path / "model.gguf", context_length=2048)
    shape = Shape(width=512, heads=8, feed_forward=2048, blocks=4, side=256)
    projector = str(write_projector(tmp_path / "eyes.gguf", shape=shape))
    plain = await worker.load_model(model, sequences=1, projector=False)
    without = resident(plain)
    counted = (await worker.estimate(model, sequences=1, projector=projector)).total_bytes
    counted -= (await worker.estimate(model, sequences=1)).total_bytes
    seeing = await worker.load_model(model, sequences=1, projector=projector)
    await seeing.chat([{"role": "user", "content": [Image(png())]}], max_tokens=1)
    assert resident(seeing) - without == pytest.approx(counted, rel=0.15)


def resident(model: Model) -> int:
    status = Path(f"/proc/{model.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) << 10


def test_an_image_that_is_computed_at_once_has_a_step_that_holds_it() -> None:
    """Gemma's: with a smaller one llama.cpp would abort."""
    chosen = with_step_for_images({"batch_size": 64, "reasons": {}}, None)
    assert chosen == {"batch_size": 64, "reasons": {}}
    whole = ProjectorFile("eyes.gguf", size=1, modalities=("image",), whole_images=True)
    larger = with_step_for_images(chosen, whole)
    assert (larger["batch_size"], larger["ubatch_size"]) == (512, 512)
    assert "image" in larger["reasons"]["batch_size"]
    large = {"batch_size": 2048, "reasons": {}}
    assert with_step_for_images({**large, "ubatch_size": 32}, whole)["ubatch_size"] == 512
    assert with_step_for_images({**large, "ubatch_size": 1024}, whole)["ubatch_size"] == 1024
