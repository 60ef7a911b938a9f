"""How vectors are made is chosen when a model is loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidOptionsError, NotSupportedError
from tests.gguf_factory import write_gguf

TEXTS = ["la li", "ba bi bu be bo " * 5]


async def test_it_replaces_what_the_file_says(worker: LlamaWorker, tmp_path: Path) -> None:
    """The mean of one model is that of another whose file says so; and it still generates."""
    said = write_gguf(tmp_path / "said.gguf", overrides={"llama.pooling_type": 1})
    plain = write_gguf(tmp_path / "plain.gguf")
    mean = await (await worker.load_model(said)).embed(TEXTS)
    last = await (await worker.load_model(said, pooling="last", context_size=512)).embed(TEXTS)
    chosen = await worker.load_model(plain, pooling="mean", context_size=512)
    assert np.allclose(mean, await chosen.embed(TEXTS), atol=1e-3)
    assert not np.allclose(mean, last, atol=1e-2)
    assert (await chosen.embed("a", pooling="mean")).shape == (64,)
    assert (await chosen.complete("a", max_tokens=3)).usage.completion_tokens == 3
    assert chosen.settings.kv_unified


async def test_scores_need_a_head(worker: LlamaWorker, random_model_path: Path) -> None:
    with pytest.raises(InvalidOptionsError, match="no head for scores"):
        await worker.load_model(random_model_path, pooling="rank")


async def test_a_large_vocabulary_embeds_when_it_is_asked_to(worker: LlamaWorker, tmp_path: Path) -> None:
    """And says how before."""
    path = write_gguf(tmp_path / "large.gguf", vocab_size=40_000, embedding_length=16)
    model: Model = await worker.load_model(path)
    with pytest.raises(NotSupportedError, match='pooling="last"'):
        await model.embed("a")
    await model.unload()
    model = await worker.load_model(path, pooling="last")
    assert (await model.embed("a")).shape == (16,)
