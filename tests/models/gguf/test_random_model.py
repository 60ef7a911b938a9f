"""The model that engines are compared with."""

from __future__ import annotations

from pathlib import Path

from llama_worker import LlamaWorker
from llama_worker.models.gguf.random_model import write_random_model


async def test_it_is_a_model_that_goes_on_for_as_long_as_it_is_let(tmp_path: Path, worker: LlamaWorker) -> None:
    write_random_model(tmp_path / "random.gguf")
    model = await worker.load_model(tmp_path / "random.gguf", sequences=1, context_size=64)
    reply = await model.complete("abcdef", max_tokens=8, temperature=0, engine_options={"ignore_eos": True})
    assert reply.usage.completion_tokens == 8
    assert 50e6 < model.info.parameters < 60e6
