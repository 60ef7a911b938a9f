"""The way of one prompt from a line on standard input to the engine's request: files, calls and conversions.

Run it as `python -m benchmarks.costs.prompt_path`, with `--list` to see every step. What other packages and Python
itself do is not counted; a conversion is a call that makes the same data again in another form (msgspec's convert,
to_builtins, replace, decode and encode, and deep copies).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import llama_worker
from llama_worker import LlamaWorker
from llama_worker.ports.server.connection import Connection
from llama_worker.ports.server.stdio import StdioPort

PACKAGE = str(Path(llama_worker.__file__).parent)
CONVERSIONS = {"convert", "to_builtins", "replace", "decode", "encode", "loads", "deepcopy"}
LAST_STEP = ("client.py", "stream")


class PromptPath:
    """What `sys.setprofile` tells until the engine's client is reached."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self.conversions: list[str] = []
        self.arrived = asyncio.Event()

    def watch(self, frame: FrameType, event: str, argument: Any) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(PACKAGE):
            self._step(file, frame.f_code.co_name)
        elif event == "call" and frame.f_code.co_name == "deepcopy" and self._asked_by_us(frame):
            self.conversions.append(f"deepcopy in {self.steps[-1]}")
        elif event == "c_call" and argument.__name__ in CONVERSIONS and file.startswith(PACKAGE):
            self.conversions.append(f"{argument.__name__} in {Path(file).name}")

    def _asked_by_us(self, frame: FrameType) -> bool:
        return frame.f_back is not None and frame.f_back.f_code.co_filename.startswith(PACKAGE)

    def _step(self, file: str, function: str) -> None:
        if self.arrived.is_set():
            return
        self.steps.append((file.removeprefix(PACKAGE).lstrip("/"), function))
        if (Path(file).name, function) == LAST_STEP:
            sys.setprofile(None)
            self.arrived.set()


class Conversation:
    """A worker on two pipes, spoken to in lines."""

    def __init__(self) -> None:
        self._questions, self._input = os.pipe()
        self._output, self._answers = os.pipe()
        self._heard = asyncio.StreamReader()

    async def open(self, worker: LlamaWorker) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(self._heard)
        self._transport, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(self._output, "rb"))
        return asyncio.create_task(Connection(worker, StdioPort(self._questions, self._answers)).serve())

    def close(self) -> None:
        """End the worker's input and our own."""
        os.close(self._input)
        self._transport.close()

    def say(self, **message: Any) -> None:
        os.write(self._input, json.dumps(message).encode() + b"\n")

    async def until(self, kind: str) -> None:
        while json.loads(await self._heard.readline())["type"] != kind:
            pass


async def measure() -> PromptPath:
    """The way of the second prompt; the first one fills caches that every process fills once."""
    path, talk = PromptPath(), Conversation()
    async with LlamaWorker() as worker:
        serving = await talk.open(worker)
        for message, end in (
            ({"type": "load_model", "modelPath": "builtin"}, "model_loaded"),
            ({"type": "create_context"}, "context_created"),
            ({"type": "initialize_session"}, "session_created"),
            ({"type": "prompt", "prompt": "Hello!", "options": {"maxTokens": 8}}, "completion_done"),
        ):
            talk.say(id=end, **message)
            await talk.until(end)
        await asyncio.sleep(0.1)
        sys.setprofile(path.watch)
        talk.say(type="prompt", id="measured", prompt="And again?", options={"maxTokens": 8, "temperature": 0.5})
        await path.arrived.wait()
        await talk.until("completion_done")
        talk.close()
        await serving
    return path


def main() -> None:
    path = asyncio.run(measure())
    files = [file for file, _ in path.steps]
    switches = sum(one != other for one, other in pairwise(files))
    print(f"files {len(set(files))}, calls {len(files)}, file switches {switches}, conversions {len(path.conversions)}")
    if "--list" in sys.argv:
        for file, function in path.steps:
            print(f"  {file}: {function}")
        for conversion in path.conversions:
            print(f"  {conversion}")


if __name__ == "__main__":
    main()
