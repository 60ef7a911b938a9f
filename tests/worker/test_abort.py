"""Every way to stop, at every stage, stops the work itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker import ChatSession, LlamaWorker, Model, Operation, Reply
from llama_worker.errors import ModelNotLoadedError, OperationAborted

LONG = "word " * 700


@pytest.fixture
async def model(worker: LlamaWorker, slow_model_path: Path) -> Model:
    return await worker.load_model(slow_model_path, sequences=1, batch_size=32)


@pytest.fixture
async def session(model: Model) -> ChatSession:
    return await model.create_session(system_prompt="Be brief.")


async def busy_slots(model: Model) -> int:
    engine = await model.runtime._supervisor.engine()
    return sum(slot["is_processing"] for slot in json.loads(await engine.request("/slots")))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


async def expect_free(model: Model) -> None:
    """The engine itself has dropped the request, and the next one is answered."""
    async with asyncio.timeout(60):
        while await busy_slots(model):
            await asyncio.sleep(0.02)
    assert (await model.complete("x", max_tokens=2)).usage.completion_tokens == 2


async def first_text(operation: Operation[Reply, str]) -> str:
    """The first piece of an answer that goes on: a stream that is dropped would abort it."""
    stream = aiter(operation)
    operation.add_done_callback(lambda _: stream)
    return await anext(stream)


async def test_abort_while_streaming(session: ChatSession) -> None:
    operation = session.prompt("hi", max_tokens=3000)
    seen = await first_text(operation)
    operation.abort()
    with pytest.raises(OperationAborted) as caught:
        await operation
    assert operation.state == "aborted"
    partial = caught.value.partial
    assert partial.text.startswith(seen)
    assert partial.finish_reason == "abort"
    assert partial.usage.completion_tokens >= 1
    assert partial.usage.prompt_tokens > 5
    assert session.get_chat_history()[-1] == {"role": "assistant", "content": partial.text}
    await expect_free(session.model)


async def test_abort_in_prompt_processing(session: ChatSession) -> None:
    operation = session.prompt(LONG, max_tokens=5)
    async for _ in operation.events():
        if 0 < operation.progress < 1:
            operation.abort()
    assert 0 < operation.progress < 1
    with pytest.raises(OperationAborted) as caught:
        await operation
    assert caught.value.partial.text == ""
    assert len(session.get_chat_history()) == 1, "nothing was said, so nothing is remembered"
    await expect_free(session.model)


async def test_abort_while_queued(model: Model, session: ChatSession) -> None:
    running = model.complete("x", max_tokens=3000)
    await first_text(running)
    waiting = session.prompt("hi")
    await asyncio.sleep(0)
    assert waiting.state == "queued"
    waiting.abort()
    with pytest.raises(OperationAborted):
        await waiting
    assert running.state == "running"
    running.abort()
    await running.wait()
    await expect_free(model)


async def test_abort_while_loading(worker: LlamaWorker, slow_model_path: Path) -> None:
    load = worker.load_model(slow_model_path, check_tensors=True)
    await asyncio.sleep(0)
    load.abort()
    with pytest.raises(OperationAborted):
        await load
    assert worker.models == ()
    model = await worker.load_model(slow_model_path)
    assert model.pid


async def test_stop_on_abort_returns_the_partial_reply(session: ChatSession) -> None:
    operation = session.prompt("hi", max_tokens=3000, stop_on_abort=True)
    await first_text(operation)
    operation.abort()
    reply = await operation
    assert reply.finish_reason == "abort"
    assert reply.text
    assert operation.state == "aborted"
    await expect_free(session.model)


async def test_break_aborts(session: ChatSession) -> None:
    operation = session.prompt("hi", max_tokens=3000)
    async for _ in operation:
        break
    await operation.wait()
    assert operation.state == "aborted"
    await expect_free(session.model)


async def test_aclose_aborts(session: ChatSession) -> None:
    operation = session.prompt("hi", max_tokens=3000)
    stream = aiter(operation)
    await anext(stream)
    await stream.aclose()
    assert operation.state == "aborted"
    await expect_free(session.model)


async def test_a_timeout_aborts(session: ChatSession) -> None:
    operation = session.prompt("hi", max_tokens=3500)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await operation
    assert operation.state == "aborted"
    await expect_free(session.model)


@pytest.mark.parametrize("how", ["await", "iterate"])
async def test_cancelling_the_task_aborts(session: ChatSession, how: str) -> None:
    operation = session.prompt("hi", max_tokens=3500)

    async def consume() -> None:
        if how == "await":
            await operation
        async for _ in operation:
            pass

    task = asyncio.create_task(consume())
    await until(lambda: operation.state == "running")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert operation.state == "aborted"
    await expect_free(session.model)


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_cancelling_at_any_step_leaves_nothing(random_model: Model, steps: int) -> None:
    session = await random_model.create_session()
    task = asyncio.ensure_future(_prompt(session))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert not random_model.runtime._operations
    assert await session.prompt("and now?", max_tokens=3)
    assert session.get_chat_history()[-2]["content"] == "and now?"


async def _prompt(session: ChatSession) -> Reply:
    return await session.prompt("hi", max_tokens=200)


async def test_aborting_twice_late_or_something_unknown_is_harmless(worker: LlamaWorker, random_model: Model) -> None:
    operation = random_model.complete("x", max_tokens=2)
    reply = await operation
    operation.abort()
    operation.abort()
    assert operation.state == "done"
    assert await operation == reply
    assert worker.abort("no such operation") is False
    assert worker.abort() is False


async def test_the_worker_aborts_by_id_or_the_last_generation(worker: LlamaWorker, slow_model: Model) -> None:
    first = slow_model.complete("x", max_tokens=4000)
    second = slow_model.complete("y", max_tokens=4000)
    assert worker.operation(first.id) is first
    assert worker.abort()
    await second.wait()
    assert (first.finished, second.state) == (False, "aborted")
    assert worker.abort(first.id)
    await first.wait()
    assert first.state == "aborted"
    assert worker.operation(first.id) is None


async def test_some_leave_and_the_others_get_all(random_model: Model) -> None:
    sessions = [await random_model.create_session() for _ in range(12)]
    operations = [
        session.prompt(f"question {index}", max_tokens=40, temperature=0) for index, session in enumerate(sessions)
    ]
    for operation in operations[::4]:
        operation.abort()
    await asyncio.gather(*(operation.wait() for operation in operations))
    states = [operation.state for operation in operations]
    assert states == ["aborted", "done", "done", "done"] * 3
    finished = [operation.result() for operation in operations if operation.state == "done"]
    assert {reply.usage.completion_tokens for reply in finished} == {40}


async def test_who_counts_tokens_is_told_that_the_model_was_unloaded(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    """And not that the engine died: it was ended on purpose."""
    model = await worker.load_model(random_model_path, sequences=1)
    counting = asyncio.create_task(model.count_tokens("la li lo " * 1_000_000))
    await until(lambda: bool(model.runtime.loans.count) or counting.done())
    await model.unload()
    with pytest.raises(ModelNotLoadedError, match="was unloaded"):
        await counting
