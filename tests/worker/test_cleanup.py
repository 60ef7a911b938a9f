"""After cleanup there is nothing left."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import psutil
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import LlamaWorkerError


def traces() -> tuple[int, int, int]:
    """Child processes, open files and sockets, and directories of ours."""
    me = psutil.Process()
    directories = list(Path(tempfile.gettempdir()).glob(f"llama-worker-{os.getpid()}-*"))
    return len(me.children(recursive=True)), me.num_fds(), len(directories)


async def test_cleanup_in_the_middle_of_everything(random_model_path: Path, slow_model_path: Path) -> None:
    warm = LlamaWorker()
    await warm.load_model(random_model_path)
    await warm.cleanup()
    before = traces()
    worker = LlamaWorker()
    model = await worker.load_model(random_model_path)
    sessions = [await model.create_session() for _ in range(6)]
    operations = [session.prompt("go", max_tokens=4000) for session in sessions]
    load = worker.load_model(slow_model_path)
    await anext(aiter(operations[0]))
    await worker.cleanup()
    assert {operation.state for operation in operations} | {load.state} <= {"aborted", "done"}
    assert traces() == before
    assert len(asyncio.all_tasks()) == 1


async def test_unloading_gives_the_memory_back(slow_model_path: Path) -> None:
    async with LlamaWorker() as worker:
        model = await worker.load_model(slow_model_path)
        await model.complete("hi", max_tokens=2)
        engine = psutil.Process(model.pid)
        assert engine.memory_info().rss > slow_model_path.stat().st_size / 2
        assert psutil.Process().memory_info().rss < 1 << 30
        await model.unload()
        assert not engine.is_running()


async def test_a_request_that_is_slow_to_leave_can_be_cut_short_twice(random_model: Model) -> None:
    begun, may_leave = asyncio.Event(), asyncio.Event()

    async def borrow() -> None:
        async with random_model.runtime.borrow_engine():
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                await may_leave.wait()

    borrowing = asyncio.create_task(borrow())
    await begun.wait()
    context = random_model.create_context(context_size=512)
    while not random_model.runtime.loans.recalled:
        await asyncio.sleep(0.01)
    unloading = asyncio.create_task(random_model.unload())
    await asyncio.sleep(0)
    may_leave.set()
    await unloading
    with pytest.raises(LlamaWorkerError):
        await borrowing
    with pytest.raises(LlamaWorkerError):
        await context
