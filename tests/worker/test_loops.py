"""Event loops and threads that end before the worker does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import ModelNotLoadedError, WorkerClosedError

PATIENCE = 30.0


@pytest.fixture
def worker() -> LlamaWorker:
    return LlamaWorker()


async def load(worker: LlamaWorker, path: Path) -> Model:
    return await worker.load_model(path)


async def complete(model: Model) -> str:
    """Why the answer ended; its text may be empty, as it is noise."""
    async with asyncio.timeout(PATIENCE):
        return (await model.complete("x", max_tokens=3)).finish_reason


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while psutil.pid_exists(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def ended_loop(close: bool) -> Iterator[asyncio.AbstractEventLoop]:
    """A loop whose tasks nobody cancels, unlike `asyncio.run`; either closed at the end or just left standing."""
    loop = asyncio.new_event_loop()
    yield loop
    if close:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def test_a_model_of_an_ended_loop_says_so_and_can_be_loaded_again(worker: LlamaWorker, random_model_path: Path) -> None:
    model = asyncio.run(load(worker, random_model_path))
    with pytest.raises(ModelNotLoadedError, match="event loop that has ended"):
        asyncio.run(complete(model))

    async def again() -> str:
        async with asyncio.timeout(PATIENCE):
            await worker.load_model(random_model_path)
            assert len(worker.models) == 1
            text = await complete(worker.find_model())
            await worker.cleanup()
            return text

    assert asyncio.run(again())


def test_cleanup_in_a_second_run_returns(worker: LlamaWorker, random_model_path: Path) -> None:
    asyncio.run(load(worker, random_model_path))

    async def clean_up() -> None:
        async with asyncio.timeout(PATIENCE):
            await worker.cleanup()

    asyncio.run(clean_up())
    assert worker.closed
    assert worker.models == ()


@pytest.mark.parametrize("close", [True, False])
@pytest.mark.parametrize("how", ["cleanup", "initialize", "unload"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_engine_of_a_loop_that_was_just_left_is_ended(
    close: bool, how: str, worker: LlamaWorker, random_model_path: Path
) -> None:
    with ended_loop(close) as loop:
        model = loop.run_until_complete(load(worker, random_model_path))
        pid = model.pid
    assert pid is not None

    async def end() -> None:
        async with asyncio.timeout(PATIENCE):
            await {"cleanup": worker.cleanup, "initialize": worker.initialize, "unload": model.unload}[how]()

    asyncio.run(end())
    wait_until_gone(pid)
    loop.close()


def test_a_worker_is_of_one_loop_at_a_time(worker: LlamaWorker, random_model_path: Path) -> None:
    """From another thread's it is refused, and goes on in its own."""

    async def elsewhere() -> None:
        worker.load_model(random_model_path)

    async def at_home() -> str:
        async with worker:
            model = await worker.load_model(random_model_path)
            with pytest.raises(WorkerClosedError, match="another event loop"):
                await asyncio.to_thread(asyncio.run, elsewhere())
            return await complete(model)

    assert asyncio.run(at_home())


def test_a_worker_that_was_cleaned_up_can_move(worker: LlamaWorker, random_model_path: Path) -> None:
    async def use() -> str:
        async with worker:
            return await complete(await worker.load_model(random_model_path))

    assert asyncio.run(use())
    assert asyncio.run(use())


def test_an_engine_outlives_the_thread_that_loaded_it(worker: LlamaWorker, random_model_path: Path) -> None:
    models: list[Model] = []
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: models.append(loop.run_until_complete(load(worker, random_model_path))))
    thread.start()
    thread.join()
    while thread.native_id in {each.id for each in psutil.Process().threads()}:
        time.sleep(0.01)
    (model,) = models
    before = model.pid
    for _ in range(30):  # a death would take a moment to show
        assert loop.run_until_complete(complete(model))
        assert model.pid == before
    loop.run_until_complete(worker.cleanup())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
