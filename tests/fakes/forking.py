"""A user's program that forks: `python -m tests.fakes.forking MODE MODEL`.

The child leaves at once, in the way of MODE. Then the parent prints whether its engine is the same process, still has
its directory, and answers.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path

import llama_worker
from llama_worker import sync
from llama_worker.engine.process.process import _running
from llama_worker.errors import WorkerClosedError
from llama_worker.ports import LlamaWorkerBridge, stdio_port

ENDS = ("stop", "length")


def fork(leave: Callable[[], object]) -> None:
    """Have a child do that, and wait until it is gone."""
    pid = os.fork()
    if pid == 0:
        leave()
        os._exit(9)
    assert os.waitpid(pid, 0)[1] == 0


def tell(before: int | None, after: int | None, end: str) -> None:
    (process,) = _running
    files = {file.name for file in Path(process.directory).iterdir()}
    print(before == after, files == {"owner", "engine.sock"}, end in ENDS, flush=True)


async def in_a_coroutine(path: str, leave: Callable[[], object]) -> None:
    async with llama_worker.LlamaWorker() as worker:
        model = await worker.load_model(path)
        before = model.pid
        fork(leave)
        tell(before, model.pid, (await model.complete("x", max_tokens=3)).finish_reason)


async def while_generating(path: str) -> None:
    """The child unwinds a request that the parent goes on with."""
    async with llama_worker.LlamaWorker() as worker:
        model = await worker.load_model(path)
        before = model.pid
        completion = model.complete("x", max_tokens=300, temperature=0)
        stream = aiter(completion)
        await anext(stream)
        fork(lambda: sys.exit(0))
        tell(before, model.pid, (await completion).finish_reason)


async def over_a_bridge(path: str) -> None:
    """The engine is another process's, which hears nothing of the child."""
    async with LlamaWorkerBridge(stdio_port()) as bridge:
        model = await bridge.load_model(path)
        before = model.pid
        fork(lambda: sys.exit(0))
        end = (await model.complete("x", max_tokens=3)).finish_reason
        print(before == model.pid, bridge.models == (model,), end in ENDS, flush=True)


def beside_a_thread(path: str, leave: Callable[[], object]) -> None:
    with sync.LlamaWorker() as worker:
        model = worker.load_model(path)
        before = model.pid
        fork(leave)
        tell(before, model.pid, model.complete("x", max_tokens=3).finish_reason)


def with_multiprocessing(path: str, leave: Callable[[], object]) -> None:
    with sync.LlamaWorker() as worker:
        model = worker.load_model(path)
        before = model.pid
        process = multiprocessing.get_context("fork").Process(target=leave)
        process.start()
        process.join()
        tell(before, model.pid, model.complete("x", max_tokens=3).finish_reason)


def use_all(worker: sync.LlamaWorker) -> None:
    """In the child: everything is refused at once, and cleaning up does nothing."""
    try:
        worker.load_model("builtin")
    except WorkerClosedError:
        worker.cleanup()
        sys.exit(0)


def using(path: str) -> None:
    worker = sync.LlamaWorker()
    model = worker.load_model(path)
    before = model.pid
    fork(lambda: use_all(worker))
    tell(before, model.pid, model.complete("x", max_tokens=3).finish_reason)


def main(mode: str, path: str) -> None:
    match mode:
        case "coroutine":
            asyncio.run(in_a_coroutine(path, lambda: sys.exit(0)))
        case "coroutine-runs-another":
            asyncio.run(in_a_coroutine(path, lambda: (asyncio.run(asyncio.sleep(0)), sys.exit(0))))
        case "generating":
            asyncio.run(while_generating(path))
        case "bridge":
            asyncio.run(over_a_bridge(path))
        case "thread":
            beside_a_thread(path, lambda: sys.exit(0))
        case "multiprocessing":
            with_multiprocessing(path, lambda: sys.exit(0))
        case "using":
            using(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
