"""Work that no abort reaches: the engine is replaced, and others are told so."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_worker.engine.abort_watch import AbortWatch
from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings, Timeouts
from llama_worker.engine.suspects import EngineRequestRecord
from llama_worker.errors import EngineDiedError
from tests.gguf_factory import write_gguf

# Both are refused on their way to the engine; here they meet it.
SLOW_GRAMMAR = {"grammar": "root ::= " + " | ".join(f'"a{index}"' for index in range(200_000)), "prompt": "x"}
# Without the condition loading would not end: the engine tries the template with messages of its own.
ENDLESS = (
    "{{ messages[-1].content }}{% if messages[-1].content == 'hang' %}"
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}{% endif %}"
)


def settings(path: Path, **changes: Any) -> EngineSettings:
    fields = {"context_size": 512, "sequences": 2, "batch_size": 32, "threads": 1} | changes
    return EngineSettings(model_path=str(path), **fields)


@pytest.fixture
async def engine(random_model_path: Path) -> AsyncIterator[Engine]:
    timeouts = Timeouts(abort_stall=1.0)
    engine = await Engine.start(settings(random_model_path), choose_engine(), timeouts=timeouts)
    yield engine
    await engine.stop()


async def ask(engine: Engine, path: str, body: dict[str, Any]) -> None:
    async with engine.stream(path, body) as events:
        async for _ in events:
            pass


async def leave_when_busy(engine: Engine, path: str, body: dict[str, Any]) -> None:
    """Ask, and go when the engine has begun to work on it."""
    process = psutil.Process(engine.pid)
    before = process.cpu_times().user
    task = asyncio.create_task(ask(engine, path, body))
    while process.cpu_times().user < before + 0.3:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])


async def test_an_engine_that_reads_a_grammar_for_ever_is_ended_and_others_are_told(engine: Engine) -> None:
    await leave_when_busy(engine, "/completion", SLOW_GRAMMAR)
    with pytest.raises(EngineDiedError, match=r"stopped responding.*still busy 1 s after a request was left"):
        await ask(engine, "/completion", {"prompt": "of another", "max_tokens": 1})
    assert [record.body for record in engine.served_at_death()] == [SLOW_GRAMMAR]


async def test_a_template_that_never_ends_is_noticed_though_the_engine_answers(tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "endless.gguf", chat_template=ENDLESS)
    engine = await Engine.start(settings(model), choose_engine(), timeouts=Timeouts(abort_stall=1.0))
    chat = {"messages": [{"role": "user", "content": "hang"}]}
    await leave_when_busy(engine, "/v1/chat/completions", chat)
    await engine.wait_ended()
    assert "still busy" in engine.death().message
    await engine.stop()


async def test_an_ordinary_abort_is_confirmed_and_the_engine_stays(engine: Engine) -> None:
    for _ in range(3):
        async with engine.stream("/completion", {"prompt": "x", "max_tokens": 400}) as events:
            await anext(aiter(events))
    while engine.served_at_death():
        await asyncio.sleep(0.01)
    await ask(engine, "/completion", {"prompt": "y", "max_tokens": 1})
    assert engine.alive


async def test_a_stopped_engine_that_was_left_is_ended(engine: Engine) -> None:
    async with engine.stream("/completion", {"prompt": "x", "max_tokens": 400}) as events:
        await anext(aiter(events))
        os.kill(engine.pid, signal.SIGSTOP)
    await engine.wait_ended()
    assert not engine.stopping


async def test_stopping_ends_the_watch(engine: Engine) -> None:
    async with engine.stream("/completion", {"prompt": "x", "max_tokens": 400}) as events:
        await anext(aiter(events))
        os.kill(engine.pid, signal.SIGSTOP)
    tasks = asyncio.all_tasks()
    await engine.stop()
    assert all(task.done() for task in tasks if task is not asyncio.current_task() and "watch" in repr(task.get_coro()))


async def test_what_is_remembered_of_a_server_that_never_rests_is_bounded(engine: Engine) -> None:
    async with engine.stream("/completion", {"prompt": "x", "max_tokens": 400}) as events:
        await anext(aiter(events))
        watch = AbortWatch(engine, 5.0, lambda _: None)
        for number in range(100):
            watch.left(EngineRequestRecord("/completion", {"prompt": number}), answering=False)
        while watch.unconfirmed:
            await asyncio.sleep(0.01)
        assert len(watch._not_begun) == 16
        await watch.close()
