"""The real engine: loading, answering, aborting, refusing, ending."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from msgspec.structs import replace

from llama_worker.engine.command import EngineKind, choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings
from llama_worker.engine.states import LoadProgress
from llama_worker.errors import ContextOverflowError, EngineDiedError, EngineRequestError, ModelLoadError
from tests.gguf_factory import write_gguf
from tests.native import NATIVE_SERVER

CHAT = "/v1/chat/completions"


@pytest.fixture(
    params=["xllamacpp", pytest.param("llama-server", marks=pytest.mark.native)],
)
def kind(request: pytest.FixtureRequest) -> EngineKind:
    """Both kinds; the compiled llama-server takes part once `make native` has built it."""
    if request.param == "xllamacpp":
        return choose_engine("xllamacpp")
    if not NATIVE_SERVER.exists():
        pytest.skip("no compiled llama-server: run `make native`")
    return choose_engine(str(NATIVE_SERVER))


def question(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **more}


async def busy_slots(engine: Engine) -> int:
    slots = json.loads(await engine.request("/slots"))
    return sum(slot["is_processing"] for slot in slots)


async def wait_until_free(engine: Engine) -> None:
    async with asyncio.timeout(30):
        while await busy_slots(engine):
            await asyncio.sleep(0.02)


async def test_loads_with_progress_and_metadata(kind: EngineKind, settings: EngineSettings) -> None:
    seen: list[LoadProgress] = []
    engine = await Engine.start(settings, kind, on_progress=seen.append)
    assert seen[-1] == LoadProgress(1.0, "text_model")
    assert engine.metadata.n_ctx == 1024
    assert engine.metadata.n_params > 100_000
    await engine.stop()


async def test_streams_and_counts(kind: EngineKind, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, kind)
    async with engine.stream(CHAT, question("hi", max_tokens=5, stream_options={"include_usage": True})) as events:
        received = [json.loads(event) async for event in events]
    assert received[0]["prompt_progress"]["processed"] == 0
    assert received[-1]["usage"]["completion_tokens"] == 5
    await engine.stop()


async def test_leaving_a_stream_frees_the_slot_while_another_streams(kind: EngineKind, slow_model_path: Path) -> None:
    settings = EngineSettings(model_path=str(slow_model_path), context_size=4096, sequences=2, batch_size=32, threads=2)
    engine = await Engine.start(settings, kind)
    async with engine.stream(CHAT, question("a", max_tokens=4000)) as other:
        await anext(other)
        async with engine.stream(CHAT, question("long " * 600, max_tokens=4)) as aborted:
            progress = json.loads(await anext(aborted))["prompt_progress"]
            assert progress["processed"] < progress["total"]
        async with asyncio.timeout(60):
            while await busy_slots(engine) > 1:
                await anext(other)
    await wait_until_free(engine)
    await engine.stop()


async def test_over_loopback_tcp_a_key_is_needed(kind: EngineKind, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, kind, unix_socket=False)
    assert await busy_slots(engine) == 0
    command_line = " ".join(psutil.Process(engine.pid).cmdline())
    key = engine._client._headers["Authorization"].removeprefix("Bearer ")
    assert len(key) > 30
    assert key not in command_line
    engine._client._headers["Authorization"] = "Bearer wrong"
    with pytest.raises(EngineRequestError, match="Invalid API Key"):
        await engine.request("/slots")
    await engine.stop()


async def test_a_request_that_cannot_be_is_refused(kind: EngineKind, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, kind)
    with pytest.raises(EngineRequestError, match="grammar") as caught:
        async with engine.stream(CHAT, question("hi", grammar="root ::= (")) as events:
            [event async for event in events]
    assert caught.value.status == 400
    with pytest.raises(ContextOverflowError) as overflow:
        async with engine.stream(CHAT, question("hi " * 2000)) as events:
            [event async for event in events]
    assert overflow.value.context_size == 1024
    assert (overflow.value.prompt_tokens or 0) > 4000
    assert engine.alive
    await engine.stop()


async def test_a_file_that_kills_the_engine(kind: EngineKind, settings: EngineSettings, tmp_path: Path) -> None:
    broken = write_gguf(tmp_path / "broken.gguf", overrides={"llama.block_count": 0})
    with pytest.raises(EngineDiedError, match="SIGABRT while loading") as caught:
        await Engine.start(replace(settings, model_path=str(broken)), kind)
    assert caught.value.phase == "load"
    assert caught.value.log_tail


async def test_a_file_that_is_no_model(kind: EngineKind, settings: EngineSettings, tmp_path: Path) -> None:
    text = tmp_path / "text.gguf"
    text.write_text("not a model at all")
    with pytest.raises(ModelLoadError, match="magic"):
        await Engine.start(replace(settings, model_path=str(text)), kind)


async def test_killed_from_outside(kind: EngineKind, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, kind)
    os.kill(engine.pid, signal.SIGSEGV)
    await engine.wait_ended()
    death = engine.death()
    assert (death.signal, death.phase, death.pid) == ("SIGSEGV", "idle", engine.pid)
    await engine.stop()


def own_directories() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"llama-worker-{os.getpid()}-*"))


async def test_stopping_leaves_nothing(kind: EngineKind, settings: EngineSettings) -> None:
    before = own_directories()
    engine = await Engine.start(settings, kind)
    process = psutil.Process(engine.pid)
    assert own_directories() > before
    await engine.stop()
    await engine.stop()
    assert not process.is_running()
    assert own_directories() == before
