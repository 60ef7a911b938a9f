"""A bridge in another event loop than the one it was used in first: as a worker there."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import LlamaWorkerError, ModelNotLoadedError, WorkerClosedError
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.in_process import in_process_port
from llama_worker.ports.client.model import RemoteModel
from llama_worker.ports.client.stdio import ChildPort, stdio_port
from llama_worker.ports.port import ClientPort

PATIENCE = 60.0
PORTS: dict[str, Callable[[], ClientPort]] = {
    "stdio": stdio_port,
    "in process": lambda: in_process_port(LlamaWorker()),
}
# Who leaves a loop without `cleanup` is told so by Python.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def warnings_come_here() -> Iterator[None]:
    """And in no test that follows."""
    yield
    gc.collect()


@pytest.fixture(params=list(PORTS))
def port(request: pytest.FixtureRequest) -> ClientPort:
    return PORTS[request.param]()


async def load(bridge: LlamaWorkerBridge, path: Path) -> RemoteModel:
    return await bridge.load_model(path)


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def pids(port: ClientPort, model: RemoteModel) -> list[int]:
    """The child and its engine."""
    return [pid for pid in (port.pid if isinstance(port, ChildPort) else None, model.pid) if pid is not None]


def test_it_works_again_and_leaves_nothing(port: ClientPort, random_model_path: Path) -> None:
    bridge = LlamaWorkerBridge(port)
    model = asyncio.run(load(bridge, random_model_path))
    before = pids(port, model)

    async def again() -> None:
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ModelNotLoadedError, match="event loop that has ended"):
                await model.complete("a")
            with pytest.raises(LlamaWorkerError):
                await model.tokenize("a")
            second = await bridge.load_model(random_model_path)
            assert bridge.models == (second,)
            assert (await second.complete("a", max_tokens=2)).usage.completion_tokens > 0
            await bridge.cleanup()

    before += pids(port, model)
    asyncio.run(again())
    for pid in before:
        wait_until_gone(pid)


def test_cleanup_in_a_second_run_ends_what_the_first_left(random_model_path: Path) -> None:
    port = stdio_port()
    bridge = LlamaWorkerBridge(port)

    async def begin() -> list[int]:
        return pids(port, await bridge.load_model(random_model_path))

    left = asyncio.run(begin())

    async def clean_up() -> None:
        async with asyncio.timeout(PATIENCE):
            await bridge.cleanup()

    asyncio.run(clean_up())
    assert len(left) == 2
    for pid in left:
        wait_until_gone(pid)
    assert bridge.models == ()


def test_it_is_of_one_loop_at_a_time(random_model_path: Path) -> None:
    bridge = LlamaWorkerBridge(stdio_port())

    async def elsewhere(model: RemoteModel) -> None:
        for use in (lambda: bridge.load_model(random_model_path), lambda: model.complete("a")):
            with pytest.raises(WorkerClosedError, match="another event loop"):
                use()

    async def at_home() -> None:
        async with bridge:
            model = await bridge.load_model(random_model_path)
            await asyncio.to_thread(asyncio.run, elsewhere(model))
            assert (await model.complete("a", max_tokens=2)).usage.completion_tokens > 0

    asyncio.run(at_home())


@pytest.mark.parametrize("steps", [3, *(pytest.param(rarely, marks=pytest.mark.slow) for rarely in (1, 10))])
def test_a_loop_that_ends_while_it_is_cleaned_up_leaves_nothing(random_model_path: Path, steps: int) -> None:
    """Its last act is to cancel what runs, however far that is."""
    left: list[int] = []

    async def use() -> None:
        port = stdio_port()
        bridge = LlamaWorkerBridge(port)
        left.extend(pids(port, await load(bridge, random_model_path)))
        cleaning = asyncio.create_task(bridge.cleanup())
        for _ in range(steps):
            await asyncio.sleep(0)
        cleaning.cancel()

    asyncio.run(use())
    for pid in left:
        wait_until_gone(pid)
