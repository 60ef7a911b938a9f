from __future__ import annotations

import gc
import shutil
import weakref
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InsufficientMemoryError, InvalidOptionsError

# A terabyte of cache: more than any machine that runs these tests has.
HUGE: dict[str, Any] = {"context_size": 2**31 - 1, "sequences": 1}


async def test_a_model_that_cannot_fit_is_refused_with_what_would(worker: LlamaWorker, random_model_path: Path) -> None:
    with pytest.raises(InsufficientMemoryError, match=r"tokens would fit\.$") as caught:
        await worker.load_model(random_model_path, **HUGE)
    assert caught.value.required_bytes
    assert caught.value.available_bytes
    assert caught.value.required_bytes > caught.value.available_bytes
    assert worker.models == ()


async def test_a_context_that_cannot_fit_leaves_the_model_as_it_was(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    model = await worker.load_model(random_model_path, context_size=512)
    with pytest.raises(InsufficientMemoryError):
        await worker.create_context(**HUGE)
    assert model.info.context_size == 512
    assert (await model.complete("still here", max_tokens=1)).usage.prompt_tokens > 0


async def test_more_cells_than_the_engine_can_count_are_refused(worker: LlamaWorker, random_model_path: Path) -> None:
    with pytest.raises(InvalidOptionsError, match="context_size times sequences"):
        await worker.load_model(random_model_path, context_size=2**31 - 1, sequences=2)


async def test_a_model_that_was_unloaded_is_let_go(
    worker: LlamaWorker, random_model_path: Path, tmp_path: Path
) -> None:
    """Whichever way, and whatever its path was."""
    gone = []
    for number in range(4):
        path = shutil.copy(random_model_path, tmp_path / f"{number}.gguf")
        model = await worker.load_model(path, context_size=128, sequences=1)
        gone.append(weakref.ref(model))
        await (model.unload() if number % 2 else worker.unload_model(path))
    model = await worker.load_model(random_model_path, context_size=128, sequences=1)
    gc.collect()
    assert [reference() for reference in gone] == [None] * 4
    assert worker.models == (model,)


async def test_the_estimate_grows_with_what_is_asked(worker: LlamaWorker, random_model_path: Path) -> None:
    small = await worker.estimate(random_model_path, context_size=512, sequences=1)
    large = await worker.estimate(random_model_path, context_size=4096, sequences=8)
    assert small.weights_bytes == large.weights_bytes > 500_000
    assert large.kv_cache_bytes == small.kv_cache_bytes * 64
    assert large.total_bytes > small.total_bytes
