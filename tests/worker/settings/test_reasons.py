"""Why a model is run as it is: `model.settings.reasons`."""

from __future__ import annotations

from pathlib import Path

from llama_worker import LlamaWorker
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.work import multiply_adds
from tests.gguf_factory import write_gguf

from .models import write_mixture


async def test_what_depends_on_the_machine_has_its_reason(worker: LlamaWorker, random_model_path: Path) -> None:
    settings = (await worker.load_model(random_model_path)).settings
    assert settings.reasons["context_size"] == "the model was trained for 4096 tokens"
    assert "from an abort to the next answer" in settings.reasons["batch_size"]
    asked = (await worker.load_model(random_model_path, batch_size=64, context_size=512)).settings
    assert asked.reasons["batch_size"] == asked.reasons["context_size"] == "as asked for"
    assert asked.reasons["calibrate"] == "batch_size was given"


def test_only_the_experts_that_a_token_uses_are_computed(tmp_path: Path) -> None:
    header = read_header(write_mixture(tmp_path / "mixture.gguf"))
    used, experts = header.integer("expert_used_count"), header.integer("expert_count")
    every = sum(tensor.elements for tensor in header.tensors if "_exps." in tensor.name)
    others = [tensor for tensor in header.tensors if "blk." in tensor.name and "_exps." not in tensor.name]
    always = sum(tensor.elements for tensor in others if len(tensor.shape) > 1)
    assert 0 < used < experts
    assert multiply_adds(header) == always + every * used // experts


def test_neither_looking_up_a_token_nor_the_last_layer_counts(tmp_path: Path) -> None:
    few, many = (read_header(write_gguf(tmp_path / f"{size}.gguf", vocab_size=size)) for size in (512, 4096))
    assert multiply_adds(few) == multiply_adds(many) < few.parameter_count
