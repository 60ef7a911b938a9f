"""The estimate against the memory of real engine processes, their contexts full: within 10 %."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest
from msgspec import Struct, structs

from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.estimate import estimate
from llama_worker.options import CacheType
from tests.models.memory.model_shapes import Shape, write_shape

TOLERANCE = 0.10


class Case(Struct, frozen=True):
    """A shape, and how it is run."""

    shape: Shape
    context: int = 2048
    sequences: int = 1
    batch: int = 512
    cache: CacheType = "f16"
    flash: Literal["auto", False] = "auto"
    unified: bool = False
    more: Mapping[str, Any] = {}


GROUPED = Shape(kind="Q8_0", vocabulary=4096, width=1024, blocks=6, heads=16, heads_kv=4, feed_forward=2816)
QUANTIZED = Shape(kind="Q4_0", vocabulary=32000, width=1024, blocks=8, heads=16, heads_kv=8, feed_forward=3072)
GEMMA = Shape(
    architecture="gemma3",
    kind="Q8_0",
    vocabulary=65536,
    width=640,
    blocks=12,
    heads=4,
    heads_kv=1,
    head_size=256,
    feed_forward=2048,
    tied=True,
    extra={"attention.sliding_window": 512},
)
CASES = {
    "grouped heads": Case(GROUPED, context=4096),
    "grouped heads, 4 sequences": Case(GROUPED, sequences=4, batch=128),
    "grouped heads, 4 sequences share": Case(GROUPED, context=8192, sequences=4, batch=128, unified=True),
    "grouped heads, q8_0 cache": Case(GROUPED, context=4096, batch=256, cache="q8_0"),
    "grouped heads, no flash attention": Case(GROUPED, flash=False),
    "large vocabulary": Case(Shape(vocabulary=131072, blocks=2)),
    "large vocabulary, 4 sequences": Case(Shape(vocabulary=131072, blocks=2), context=1024, sequences=4, batch=128),
    "wide feed-forward": Case(Shape(heads_kv=2, feed_forward=8192, vocabulary=2048)),
    "repacked weights": Case(QUANTIZED),
    "repacked weights, 2 sequences, q8_0 cache": Case(QUANTIZED, sequences=2, batch=128, cache="q8_0"),
    "sliding window": Case(GEMMA),
    "sliding window, 2 sequences": Case(GEMMA, context=4096, sequences=2, batch=256),
    "sliding window, 3 sequences share": Case(GEMMA, context=8192, sequences=3, batch=256, unified=True),
    "sliding window that keeps all": Case(GEMMA, context=4096, more={"swa_full": True}),
    "sliding window, no checkpoints": Case(GEMMA, sequences=2, batch=128, more={"context_checkpoints": 0}),
    "sliding window, 2 checkpoints": Case(GEMMA, sequences=2, batch=128, more={"context_checkpoints": 2}),
    "not repacked": Case(QUANTIZED, more={"repack": False}),
    "values of q4_0": Case(GROUPED, context=8192, batch=256, cache="q8_0", more={"cache_type_v": "q4_0"}),
    "wide heads": Case(Shape(blocks=8, heads=16, head_size=128)),
    "long context": Case(Shape(heads_kv=2, vocabulary=512), context=16384, batch=128),
    "small": Case(Shape(kind="Q4_0", vocabulary=32000), context=1024, batch=128),
    "F32 weights": Case(Shape(kind="F32", blocks=8, feed_forward=2048), batch=64),
}
QUICK = ("small",)


async def measured(path: Path, case: Case) -> int:
    """The bytes that an engine occupies after every sequence has read as much as it can."""
    plain = EngineSettings(
        model_path=str(path),
        context_size=case.context,
        sequences=case.sequences,
        kv_unified=case.unified,
        batch_size=case.batch,
        threads=2,
        cache_type_k=case.cache,
        cache_type_v=case.cache,
        flash_attention=case.flash,
        prompt_cache_mib=0,
    )
    settings = structs.replace(plain, **case.more)
    engine = await Engine.start(settings, choose_engine("xllamacpp"))
    try:
        length = (case.context // case.sequences if case.unified else case.context) - 40
        prompts = [[(index * 7 + slot) % 500 for index in range(length)] for slot in range(case.sequences)]
        bodies = [{"prompt": prompt, "n_predict": 4, "id_slot": slot} for slot, prompt in enumerate(prompts)]
        await asyncio.gather(*(engine.request("/completion", body) for body in bodies))
        memory = await asyncio.to_thread(psutil.Process(engine.pid).memory_info)
        return int(memory.rss)
    finally:
        await engine.stop()


async def compare(path: Path, case: Case) -> float:
    """By how much the estimate differs from what was measured."""
    header = read_header(await asyncio.to_thread(write_shape, path, case.shape)).check_loadable()
    plan: dict[str, Any] = {
        "context_size": case.context,
        "sequences": case.sequences,
        "kv_unified": case.unified,
        "batch_size": case.batch,
        "cache_type_k": case.cache,
        "cache_type_v": case.cache,
        "flash_attention": case.flash,
    }
    expected = estimate(header, **plan | dict(case.more))
    found = await measured(path, case)
    print(f"measured {found / 1e6:.0f} MB, estimated {expected.total_bytes / 1e6:.0f} MB")
    return expected.total_bytes / found - 1


@pytest.mark.parametrize("name", QUICK)
async def test_an_estimate_is_close(name: str, tmp_path: Path) -> None:
    assert abs(await compare(tmp_path / "m.gguf", CASES[name])) < TOLERANCE


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [name for name in CASES if name not in QUICK])
async def test_all_estimates_are_close(name: str, tmp_path: Path) -> None:
    assert abs(await compare(tmp_path / "m.gguf", CASES[name])) < TOLERANCE
