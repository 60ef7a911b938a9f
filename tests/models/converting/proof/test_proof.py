"""Each family's conversion is llama.cpp's, key by key and tensor by tensor, and computes what transformers computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker

from . import gguf_file
from .checkpoints import CHECKPOINTS
from .checkpoints.adapters import ADAPTERS, Adapter
from .checkpoints.checkpoint import Checkpoint
from .computing import vector_difference, worst_difference
from .conftest import TYPED, TYPES, Proof
from .ours import convert, convert_adapter
from .recording import made_by_llama_cpp, recorded

pytestmark = [pytest.mark.conversion, pytest.mark.timeout(600)]


@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda each: each.folder)
def test_a_conversion_is_llama_cpps(checkpoint: Checkpoint, proof: Proof, tmp_path: Path) -> None:
    name = checkpoint.folder
    ours = gguf_file.read(convert(proof.checkpoints / name, tmp_path / f"{name}.gguf"))
    theirs = gguf_file.read(proof.theirs / f"{name}.gguf")
    assert gguf_file.differences(ours, theirs) == []


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_llama_cpps(kind: str, proof: Proof, tmp_path: Path) -> None:
    ours = gguf_file.read(convert(proof.checkpoints / TYPED, tmp_path / "ours.gguf", kind))
    assert gguf_file.differences(ours, gguf_file.read(proof.theirs / f"{TYPED}-{kind}.gguf")) == []


@pytest.mark.parametrize("checkpoint", [each for each in CHECKPOINTS if each.exact], ids=lambda each: each.folder)
async def test_it_computes_what_transformers_does(checkpoint: Checkpoint, proof: Proof, tmp_path: Path) -> None:
    name = checkpoint.folder
    path = convert(proof.checkpoints / name, tmp_path / f"{name}.gguf", "f32")
    expected = proof.expected(name)
    async with LlamaWorker() as worker:
        if checkpoint.vectors:
            difference = await vector_difference(worker, path, expected, checkpoint.pooling)
        else:
            difference = await worst_difference(worker, path, expected)
    print(f"{name}: {difference:.1e}")
    assert difference < checkpoint.tolerance


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda each: each.folder)
async def test_an_adapter_is_llama_cpps_and_changes_as_much(adapter: Adapter, proof: Proof, tmp_path: Path) -> None:
    source, base = proof.checkpoints / adapter.folder, proof.checkpoints / adapter.base
    path = convert_adapter(source, base, tmp_path / "adapter.gguf")
    theirs = proof.theirs / f"{adapter.folder}.gguf"
    assert gguf_file.differences(gguf_file.read(path), gguf_file.read(theirs)) == []
    model = convert(base, tmp_path / "model.gguf", "f32")
    async with LlamaWorker() as worker:
        difference = await worst_difference(worker, model, proof.expected(adapter.folder), path)
    print(f"{adapter.folder}: {difference:.1e}")
    assert difference < adapter.tolerance


def test_the_record_is_what_llama_cpp_makes(proof: Proof, tmp_path: Path) -> None:
    """Else `python -m tests.models.converting.proof.recording` writes it anew."""
    assert recorded() == made_by_llama_cpp(tmp_path)
