"""A user's program that does not clean up: `python -m tests.fakes.program MODE MODEL`.

It prints the process ids of its engines and then waits to be ended, by whatever means the test chooses.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from llama_worker import LlamaWorker
from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.process.process import _running
from llama_worker.engine.settings import EngineSettings


async def main(mode: str, path: str) -> None:
    worker = LlamaWorker()
    if mode == "loading":
        await load_for_ever(path)
    model = await worker.load_model(path)
    pids = [model.pid]
    if mode == "two":
        pids.append((await worker.load_model("builtin")).pid)
    if mode == "generating":
        stream = aiter(model.complete("x", max_tokens=4000))
        await anext(stream)
    print(*pids, flush=True)
    if mode != "exits":
        await asyncio.sleep(600)


async def load_for_ever(path: str) -> None:
    """A pipe in place of the model: xllamacpp waits for it holding the interpreter's lock."""
    os.mkfifo(f"{path}.pipe")
    settings = EngineSettings(model_path=f"{path}.pipe", context_size=256, sequences=1, batch_size=32, threads=1)
    load = asyncio.create_task(Engine.start(settings, choose_engine("xllamacpp")))
    while not _running:
        await asyncio.sleep(0.01)
    await asyncio.sleep(1.0)  # nothing outside can see when it has begun to wait
    print(*(process.pid for process in _running), flush=True)
    await load


# A shell starts what it runs in the background with this signal ignored, tests among it.
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(main(*sys.argv[1:]))
