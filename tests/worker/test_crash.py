"""The engine dies: whoever was waiting is told why, and life goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.engine.command import choose_engine
from llama_worker.engine.settings import EngineSettings
from llama_worker.engine.supervisor import EngineSupervisor
from llama_worker.errors import EngineDiedError
from tests.gguf_factory import write_gguf


async def crash(model: Model, number: signal.Signals = signal.SIGSEGV) -> None:
    """Kill the engine and wait until that has been noticed."""
    assert model.pid
    os.kill(model.pid, number)
    while model.pid is not None:
        await asyncio.sleep(0.01)


async def test_three_streams_fail_with_the_signal_and_the_next_prompt_answers(slow_model: Model) -> None:
    sessions = [await slow_model.create_session() for _ in range(3)]
    for session in sessions:
        await session.prompt("remember this", max_tokens=2)
    operations = [session.prompt("go on", max_tokens=4000) for session in sessions]
    streams = [aiter(operation) for operation in operations]
    for stream in streams:
        await anext(stream)
    pid = slow_model.pid
    assert pid
    os.kill(pid, signal.SIGSEGV)
    for operation in operations:
        with pytest.raises(EngineDiedError, match="SIGSEGV while generating") as caught:
            await operation
        assert caught.value.signal == "SIGSEGV"
        assert caught.value.phase == "generate"
        assert caught.value.pid == pid
        assert caught.value.operation_id == operation.id
        assert operation.state == "failed"
    reply = await sessions[0].prompt("and now?", max_tokens=3)
    assert reply.usage.completion_tokens == 3
    assert slow_model.pid not in (None, pid)
    assert [message["role"] for message in sessions[0].get_chat_history()] == ["user", "assistant"] * 2


async def test_a_stream_of_a_dying_engine_raises_too(slow_model: Model) -> None:
    stream = aiter(slow_model.complete("x", max_tokens=4000))
    await anext(stream)
    assert slow_model.pid
    os.kill(slow_model.pid, signal.SIGKILL)
    with pytest.raises(EngineDiedError, match="SIGKILL"):
        [text async for text in stream]


async def test_a_death_while_idle_is_no_matter(random_model: Model) -> None:
    await crash(random_model)
    assert (await random_model.complete("x", max_tokens=2)).text is not None


async def test_a_model_that_kills_its_engine_fails_alone(
    worker: LlamaWorker, random_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write_gguf(tmp_path / "broken.gguf", overrides={"llama.attention.head_count_kv": 3})
    with pytest.raises(Exception, match=r"broken\.gguf|crashed"):
        await worker.load_model(broken)
    assert (await random_model.complete("x", max_tokens=2, temperature=0)).usage.completion_tokens == 2


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def tiny(model: Path) -> EngineSettings:
    return EngineSettings(model_path=str(model), context_size=256, sequences=1, batch_size=32, threads=1)


async def test_after_three_deaths_in_five_minutes_it_stops_trying(random_model_path: Path) -> None:
    clock = Clock()
    supervisor = EngineSupervisor(tiny(random_model_path), choose_engine(), clock=clock)
    for _ in range(3):
        engine = await supervisor.engine()
        os.kill(engine.pid, signal.SIGABRT)
        await engine.wait_ended()
        clock.now += 60
    with pytest.raises(EngineDiedError, match=r"died 3 times in 5 minutes.*SIGABRT"):
        await supervisor.engine()
    clock.now += 200
    assert (await supervisor.engine()).alive, "the first of the three is forgotten after five minutes"
    await supervisor.stop()


async def test_giving_up_while_a_death_is_counted_harms_nobody(random_model_path: Path) -> None:
    supervisor = EngineSupervisor(tiny(random_model_path), choose_engine())
    deaths: list[EngineDiedError] = []
    supervisor.on_death = deaths.append
    engine = await supervisor.engine()
    os.kill(engine.pid, signal.SIGABRT)
    await engine.wait_ended()
    impatient = asyncio.create_task(supervisor.engine())
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert (await supervisor.engine()).alive
    assert [death.signal for death in deaths] == ["SIGABRT"]
    await supervisor.stop()


async def test_loading_again_forgives(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path)
    for _ in range(2):
        await crash(model)
        await model.complete("x", max_tokens=1)
    await crash(model)
    with pytest.raises(EngineDiedError, match="until the model is loaded again"):
        await model.complete("x", max_tokens=1)
    again = await worker.load_model(random_model_path)
    assert (await again.complete("x", max_tokens=1)).usage.completion_tokens == 1


async def test_many_crashes_leak_nothing(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path)
    me = psutil.Process()
    counts = []
    for _ in range(12):
        await crash(model)
        model.runtime._supervisor._deaths.clear()
        await model.complete("x", max_tokens=1)
        counts.append((me.num_fds(), len(me.children()), len(worker._operations), len(asyncio.all_tasks())))
    assert counts[-1] == counts[1]
