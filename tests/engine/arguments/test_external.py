"""A llama-server of one's own, as a real process that is given more words."""

from __future__ import annotations

import asyncio

import psutil
from msgspec.structs import replace

from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings

from ..conftest import FakeEngine

WORDS = ("--override-kv", "general.name=str:other", "--unheard-of")


async def test_it_is_started_with_them_after_ours(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(
        replace(settings, engine_arguments=WORDS, use_mmap=False, cpu_moe=True), fake_engine("")
    )
    try:
        process = psutil.Process(engine.pid)
        words = await asyncio.to_thread(process.cmdline)
        told = await asyncio.to_thread(process.environ)
    finally:
        await engine.stop()
    assert tuple(words[-len(WORDS) :]) == WORDS
    assert "--cpu-moe" in words
    assert "--no-mmap" not in words
    assert (told["LLAMA_ARG_LOAD_MODE"], told["LLAMA_ARG_MMAP"]) == ("none", "0")
