"""Each family's conversion is llama.cpp's, key by key and tensor by tensor, and computes what transformers computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker

from . import gguf_file
from .checkpoints import CHECKPOINTS
from .checkpoints.checkpoint import Checkpoint
from .computing import vector_difference, worst_difference
from .conftest import Proof
from .ours import convert

pytestmark = [pytest.mark.conversion, pytest.mark.timeout(600)]


@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda each: each.folder)
def test_a_conversion_is_llama_cpps(checkpoint: Checkpoint, proof: Proof, tmp_path: Path) -> None:
    name = checkpoint.folder
    ours = gguf_file.read(convert(proof.checkpoints / name, tmp_path / f"{name}.gguf"))
    theirs = gguf_file.read(proof.theirs / f"{name}.gguf")
    assert gguf_file.differences(ours, theirs) == []


@pytest.mark.parametrize("checkpoint", [each for each in CHECKPOINTS if each.exact], ids=lambda each: each.folder)
async def test_it_computes_what_transformers_does(checkpoint: Checkpoint, proof: Proof, tmp_path: Path) -> None:
    name = checkpoint.folder
    path = convert(proof.checkpoints / name, tmp_path / f"{name}.gguf", "f32")
    compare = vector_difference if checkpoint.vectors else worst_difference
    async with LlamaWorker() as worker:
        difference = await compare(worker, path, proof.expected(name))
    print(f"{name}: {difference:.1e}")
    assert difference < checkpoint.tolerance
