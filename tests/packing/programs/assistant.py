"""A program as people pack them: it answers, streams, is stopped, and goes on after a broken model and a dead engine.

It prints what came of each as one JSON object. Packed or not it is the same program.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from llama_worker import LlamaWorker, Model, errors, freeze_support

# PyInstaller's programs have called it already; a program in C that embeds Python has to be named.
started = Path(sys.orig_argv[0])
freeze_support(str(started) if started.name == "application" else None)

QUESTION = "What is llama-worker?"


async def main() -> None:
    async with LlamaWorker() as worker:
        found: dict[str, object] = {"broken": await broken(worker)}
        model = await worker.load_model("builtin")
        found["confined"] = confined(model)
        session = await model.create_session(system_prompt="You are a helpful assistant.")
        pieces = [text async for text in session.prompt(QUESTION, temperature=0)]
        found |= {"answer": "".join(pieces), "pieces": len(pieces)}
        found["aborted"] = await aborted(model)
        found["died"] = await died(model)
        found["again"] = (await session.prompt("Thank you!")).text
    found["packages"] = [path for path in sys.path if "site-packages" in path]
    print(json.dumps(found))


async def broken(worker: LlamaWorker) -> str:
    """The code of the error for a file that is no model."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "broken.gguf"
        file.write_bytes(b"GGUF" + bytes(1000))
        try:
            await worker.load_model(file)
        except errors.LlamaWorkerError as error:
            return error.code
    return ""


async def aborted(model: Model) -> str:
    """How an answer ends that is stopped after its first piece."""
    answer = model.complete("Once upon a time", max_tokens=2000, stop_on_abort=True)
    async for _ in answer:
        answer.abort()
    return (await answer).finish_reason


async def died(model: Model) -> str:
    """The code of the error for an engine that is killed while it answers."""
    session = await model.create_session()
    try:
        async for _ in session.prompt("Count from 1 to 100.", max_tokens=2000):
            os.kill(engine_of(model), signal.SIGKILL)
    except errors.LlamaWorkerError as error:
        return error.code
    return ""


def confined(model: Model) -> bool:
    """Whether the engine process may only make the system calls that it needs."""
    return "Seccomp:\t2" in Path(f"/proc/{engine_of(model)}/status").read_text()


def engine_of(model: Model) -> int:
    assert model.pid is not None
    return model.pid


async def linger() -> None:
    """Tell who the program and its engine are, and wait to be killed."""
    async with LlamaWorker() as worker:
        model = await worker.load_model("builtin")
        print(json.dumps([os.getpid(), engine_of(model)]), flush=True)
        await asyncio.Event().wait()


asyncio.run(linger() if sys.argv[1:] == ["linger"] else main())
