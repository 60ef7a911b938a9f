"""As `ours.py`, with llama-cpp-python in the program's own process, in a thread as its documentation has it for async.

Run by an interpreter that has llama-cpp-python; nothing else of this repository is needed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from llama_cpp import Llama, LlamaGrammar

LONG_PROMPT = "a b c d e f g h " * 200
GAPS: list[float] = []


async def main(task: str, path: str, *extra: str) -> None:
    gaps = asyncio.create_task(longest_gap())
    try:
        context = 4096 if task == "stop" else 1024
        model = await asyncio.to_thread(Llama, path, n_ctx=context, n_threads=1, n_threads_batch=1, verbose=False)
        result = await TASKS[task](model, *extra)
    except Exception as error:
        result = {"outcome": "error", "message": f"{type(error).__name__}: {error}"[:200]}
    gaps.cancel()
    print(json.dumps(result | {"gap": round(max(GAPS, default=0.0), 3)}), flush=True)


async def longest_gap() -> None:
    while True:
        began = time.monotonic()
        await asyncio.sleep(0.02)
        GAPS.append(time.monotonic() - began - 0.02)


async def file(model: Any) -> dict[str, object]:
    await asyncio.to_thread(model.create_completion, "hello", max_tokens=4)
    await asyncio.to_thread(model.create_chat_completion, [{"role": "user", "content": "hello"}], max_tokens=4)
    return {"outcome": "answered"}


async def grammar(model: Any, text: str) -> dict[str, object]:
    limits = LlamaGrammar.from_string(Path(text).read_text(encoding="utf-8"), verbose=False)
    await asyncio.to_thread(model.create_completion, "hello", max_tokens=4, grammar=limits)
    return {"outcome": "answered"}


async def schema(model: Any, text: str) -> dict[str, object]:
    form = {"type": "json_object", "schema": json.loads(Path(text).read_text(encoding="utf-8"))}
    messages = [{"role": "user", "content": "hello"}]
    await asyncio.to_thread(model.create_chat_completion, messages, max_tokens=4, response_format=form)
    return {"outcome": "answered"}


async def stop(model: Any) -> dict[str, object]:
    """There is no call that stops: the stream is left, which is looked at between two tokens."""
    left = False

    def run() -> None:
        for _ in model.create_completion(LONG_PROMPT, max_tokens=4, stream=True):
            if left:
                return

    running = asyncio.create_task(asyncio.to_thread(run))
    await asyncio.sleep(0.3)
    began, left = time.monotonic(), True
    await running
    stopped = time.monotonic() - began
    await asyncio.to_thread(model.create_completion, "hello", max_tokens=1)
    return {"outcome": "answered", "stopped": round(stopped, 3), "next": round(time.monotonic() - began, 3)}


Task = Callable[..., Awaitable[dict[str, object]]]
TASKS: dict[str, Task] = {"file": file, "grammar": grammar, "schema": schema, "stop": stop}

if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
