"""After cleanup there is nothing left."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import psutil

from llama_worker import LlamaWorker


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
