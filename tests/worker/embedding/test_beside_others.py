"""Many texts take their turn with whatever else a model does, and end with it."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import EngineDiedError, LlamaWorkerError
from llama_worker.worker.generation import slot_queue
from llama_worker.worker.generation.slot_queue import SlotQueue
from llama_worker.worker.operations.operation import Operation
from tests.http.test_cancel import eventually, idle

MANY = ["Hello there, whoever you are! " * 3] * 1000


@pytest.fixture
async def both(worker: LlamaWorker, slow_model_path: os.PathLike[str]) -> Model:
    """A slow model that generates and embeds."""
    return await worker.load_model(slow_model_path, context_size=512, batch_size=64)


async def started(model: Model) -> Operation[Any, Any]:
    operation = model.embed(MANY)
    while operation.progress == 0 and not operation.finished:
        await asyncio.sleep(0.01)
    return operation


async def test_a_chat_is_answered_beside_a_thousand_texts(both: Model) -> None:
    """The engine computes texts to embed as long as there are any; the queue leaves it none meanwhile."""
    embedding = await started(both)
    reply = await both.complete("Hello!", max_tokens=5)
    assert reply.usage.completion_tokens == 5
    assert embedding.progress < 1
    embedding.abort()


async def test_an_abort_reaches_the_engine(both: Model) -> None:
    embedding = await started(both)
    embedding.abort()
    await eventually(lambda: idle(both))


async def test_a_death_is_told_and_the_next_texts_are_embedded(both: Model) -> None:
    embedding = await started(both)
    assert both.pid
    os.kill(both.pid, signal.SIGKILL)
    with pytest.raises(EngineDiedError, match="SIGKILL"):
        await embedding
    assert (await both.embed("again")).shape == (512,)


async def test_unloading_ends_it(both: Model) -> None:
    embedding = await started(both)
    await both.unload()
    assert embedding.state == "aborted"
    with pytest.raises(LlamaWorkerError):
        await both.embed("a")


async def test_bulk_waits_for_who_generates_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who generates passes it, until it has waited for long enough."""
    queue = SlotQueue(4)

    async def enter(owner: str, *, bulk: bool, leave: asyncio.Event, entered: asyncio.Event) -> None:
        async with queue.slot(owner, bulk=bulk):
            entered.set()
            await leave.wait()

    leaves = {name: asyncio.Event() for name in ("chat", "bulk", "second", "third")}
    entered = {name: asyncio.Event() for name in leaves}

    def start(name: str) -> asyncio.Task[None]:
        return asyncio.create_task(enter(name, bulk=name == "bulk", leave=leaves[name], entered=entered[name]))

    tasks = [start("chat")]
    await entered["chat"].wait()
    tasks += [start("bulk"), start("second")]
    await entered["second"].wait()
    assert not entered["bulk"].is_set()
    monkeypatch.setattr(slot_queue, "BULK_PATIENCE", -1.0)
    tasks.append(start("third"))
    leaves["chat"].set()
    leaves["second"].set()
    await entered["bulk"].wait()
    for leave in leaves.values():
        leave.set()
    await asyncio.gather(*tasks)
    assert queue.idle
