"""A program that uses llama-worker: `python -m tests.torture.peers.ours TASK MODEL [FILE]` ends with a line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from llama_worker import LlamaWorker, Model
from llama_worker.errors import LlamaWorkerError

LONG_PROMPT = "a b c d e f g h " * 200


async def main(task: str, path: str, *extra: str) -> None:
    gaps = asyncio.create_task(longest_gap())
    try:
        async with LlamaWorker(num_threads=1, load_stall_timeout=10, response_stall_timeout=10) as worker:
            model = await worker.load_model(path, context_size=4096 if task == "stop" else 1024, sequences=1)
            result = await TASKS[task](model, *extra)
    except LlamaWorkerError as error:
        result = {"outcome": "error", "message": error.message[:200]}
    gaps.cancel()
    print(json.dumps(result | {"gap": round(max(GAPS, default=0.0), 3)}))


GAPS: list[float] = []


async def longest_gap() -> None:
    """What else the program has to do: it wants to be called each 20 ms."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(0.02)
        GAPS.append(time.monotonic() - began - 0.02)


async def file(model: Model) -> dict[str, object]:
    await model.complete("hello", max_tokens=4)
    session = await model.create_session()
    await session.prompt("hello", max_tokens=4)
    return {"outcome": "answered"}


async def grammar(model: Model, text: str) -> dict[str, object]:
    await model.complete("hello", max_tokens=4, grammar=Path(text).read_text(encoding="utf-8"))
    return {"outcome": "answered"}


async def schema(model: Model, text: str) -> dict[str, object]:
    session = await model.create_session()
    await session.prompt("hello", max_tokens=4, json_schema=json.loads(Path(text).read_text(encoding="utf-8")))
    return {"outcome": "answered"}


async def stop(model: Model) -> dict[str, object]:
    operation = model.complete(LONG_PROMPT, max_tokens=4)
    await asyncio.sleep(0.3)
    began = time.monotonic()
    operation.abort()
    await operation.wait()
    assert operation.state == "aborted", operation.state
    stopped = time.monotonic() - began
    await model.complete("hello", max_tokens=1)
    return {"outcome": "answered", "stopped": round(stopped, 3), "next": round(time.monotonic() - began, 3)}


Task = Callable[..., Awaitable[dict[str, object]]]
TASKS: dict[str, Task] = {"file": file, "grammar": grammar, "schema": schema, "stop": stop}

if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
