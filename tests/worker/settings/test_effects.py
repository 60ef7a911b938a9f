"""What an engine does otherwise with each setting."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidOptionsError
from llama_worker.options import Rope
from tests.gguf_factory import write_gguf
from tests.worker.states.other_models import recurrent, windowed

from .models import write_mixture

PROMPT = "bacadafagahajakalamanapa" * 4
MIB = 1 << 20


async def text_with(worker: LlamaWorker, path: Path, **options: Any) -> str:
    """What the model writes when it is loaded so."""
    model = await worker.load_model(path, **{"context_size": 512, "sequences": 1, **options})
    reply = await model.complete(PROMPT, max_tokens=24, temperature=0)
    await model.unload()
    return reply.text


async def resident(model: Model) -> int:
    assert model.pid is not None
    return (await asyncio.to_thread(psutil.Process(model.pid).memory_info)).rss


async def test_keys_and_values_have_types_of_their_own(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "wide.gguf", embedding_length=256, context_length=16384)
    found, expected = [], []
    for types in ({}, {"cache_type_v": "q8_0"}, {"cache_type": "q8_0"}):
        options: dict[str, Any] = {"context_size": 16384, "sequences": 2, **types}
        model = await worker.load_model(path, **options)
        found.append(await resident(model) / MIB)
        expected.append((await worker.estimate(path, **options)).kv_cache_bytes / MIB)
        await model.unload()
    assert model.settings.cache_type_k == model.settings.cache_type_v == "q8_0"
    assert found[0] - found[1] == pytest.approx(expected[0] - expected[1], abs=8)
    assert found[0] - found[2] == pytest.approx(expected[0] - expected[2], abs=8)
    assert expected[0] > expected[1] > expected[2]


async def test_prompts_are_read_by_threads_of_their_own(worker: LlamaWorker, random_model_path: Path) -> None:
    counts = []
    for threads_batch in (1, 6):
        model = await worker.load_model(random_model_path, context_size=512, threads=1, threads_batch=threads_batch)
        await model.complete(PROMPT, max_tokens=1)
        assert model.pid is not None
        counts.append(await asyncio.to_thread(psutil.Process(model.pid).num_threads))
        assert (model.settings.threads, model.settings.threads_batch) == (1, threads_batch)
        await model.unload()
    assert counts[1] - counts[0] == 5


async def test_a_rope_of_ones_own_changes_what_is_computed(worker: LlamaWorker, random_model_path: Path) -> None:
    found = []
    for rope in (None, None, {"frequency_base": 1e6}, Rope(scaling="linear", scale=8)):
        model = await worker.load_model(random_model_path, context_size=512, sequences=1, rope=rope)
        reply = await model.complete(PROMPT, max_tokens=4, temperature=0, logprobs=1)
        found.append(tuple(round(token.logprob, 4) for token in reply.logprobs))
        await model.unload()
    assert found[0] == found[1]
    assert len(set(found)) == 3


async def test_with_yarn_a_model_reads_further_than_it_was_trained_for(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "short.gguf", context_length=256)
    rope = Rope(scaling="yarn", scale=4, original_context_size=256)
    model = await worker.load_model(path, context_size=1024, sequences=1, rope=rope)
    reply = await model.complete(PROMPT * 10, max_tokens=4, temperature=0)
    assert reply.usage.prompt_tokens > 256
    assert reply.finish_reason == "length"
    assert model.settings.rope == rope


async def test_experts_in_main_memory_compute_the_same(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_mixture(tmp_path / "mixture.gguf")
    texts = [await text_with(worker, path, cpu_moe=chosen) for chosen in (False, True, 1, 1000)]
    assert len(texts[0]) > 10
    assert texts == [texts[0]] * 4


@pytest.mark.parametrize(("checkpoints", "from_memory"), [(0, False), (3, True)])
async def test_a_recurrent_model_goes_on_from_a_checkpoint(
    worker: LlamaWorker, tmp_path: Path, checkpoints: int, from_memory: bool
) -> None:
    path = recurrent(tmp_path / "recurrent.gguf")
    model = await worker.load_model(path, context_size=2048, sequences=1, context_checkpoints=checkpoints)
    assert model.settings.context_checkpoints == checkpoints
    assert await cached_after_an_edit(model) is from_memory


async def test_a_window_that_keeps_all_needs_no_checkpoint(worker: LlamaWorker, tmp_path: Path) -> None:
    path = windowed(tmp_path / "sliding.gguf")
    for swa_full in (False, True):
        model = await worker.load_model(
            path, context_size=2048, sequences=1, batch_size=64, context_checkpoints=0, swa_full=swa_full
        )
        assert await cached_after_an_edit(model) is swa_full
        await model.unload()


async def cached_after_an_edit(model: Model) -> bool:
    """Whether the beginning is still known when the last question is asked otherwise."""
    beginning = [{"role": "user", "content": PROMPT * 4}, {"role": "assistant", "content": "yes"}]
    for question in ("ba " * 200, "ce " * 200):
        messages = [*beginning, {"role": "user", "content": question}]
        reply = await model.chat(messages, max_tokens=2, temperature=0)
    return reply.usage.cached_tokens > 50


async def test_what_is_for_other_machines_changes_nothing_here(worker: LlamaWorker, random_model_path: Path) -> None:
    plain = await text_with(worker, random_model_path)
    options = {"kv_offload": False, "op_offload": False, "repack": False, "numa": "distribute"}
    assert await text_with(worker, random_model_path, **options) == plain
    gpus = {"moe_cache_bytes": MIB, "main_gpu": 0, "split_mode": "none", "tensor_split": (1, 1)}
    assert await text_with(worker, random_model_path, use_direct_io=True, **gpus) == plain


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"cache_type_v": "q4_0", "flash_attention": False}, "cache_type_v"),
        ({"cache_type": "q8_0", "flash_attention": False}, "cache_type_v"),
        ({"use_direct_io": True, "use_mlock": True}, "use_direct_io"),
        ({"tensor_split": [0, 0]}, "tensor_split"),
        ({"split_mode": "tensor"}, "gpu_layers"),
    ],
)
async def test_what_does_not_go_together_is_refused_before_the_engine(
    worker: LlamaWorker, random_model_path: Path, options: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidOptionsError) as refused:
        await worker.load_model(random_model_path, **options)
    assert refused.value.path == path
    assert worker.models == ()


async def test_more_arguments_reach_the_engine(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_mixture(tmp_path / "mixture.gguf")
    words = ("--override-tensor", "exps=CPU", "--no-warmup")
    assert await text_with(worker, path, engine_arguments=words) == await text_with(worker, path)
    with pytest.raises(InvalidOptionsError, match="use the option `context_size`"):
        await worker.load_model(path, engine_arguments=["--ctx-size", "100"])
    assert worker.models == ()
