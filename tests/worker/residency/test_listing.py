"""What a worker tells of its models, and how they come and go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, errors


async def test_a_model_rests_and_comes_back_and_the_list_tells_it(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path, context_size=256, keep_alive=0.2)
    (listed,) = await worker.list_models()
    assert (listed.model_id, listed.keep, listed.keep_alive) == (model.id, False, 0.2)
    while (listed := (await worker.list_models())[0]).model_info.engine != "stopped":
        await asyncio.sleep(0.02)
    assert (listed.model_info.resident_bytes, listed.users) == (None, 0)
    await model.complete("x", max_tokens=2)
    (listed,) = await worker.list_models()
    assert listed.model_info.engine == "ready"
    assert listed.model_info.resident_bytes


async def test_what_does_not_fit_is_refused_with_the_names_of_those_in_use(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    await worker.initialize(memory_budget=1_000_000)
    with pytest.raises(errors.InsufficientMemoryError, match=r"0\.00 GB of the memory budget are free; unload"):
        await worker.load_model(random_model_path)
    assert await worker.list_models() == []
