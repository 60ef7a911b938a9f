"""What `llama-worker stdio` costs over the same worker used from Python: for each token, and until the first one.

`python -m benchmarks.costs.stdio_overhead`: the same completion is asked of a `LlamaWorker` in this process, of
`llama-worker stdio` in plain lines, and through a `LlamaWorkerBridge` to it, in turns, so that whatever else the
machine does hits each. Medians of the differences are what counts. Processor time does not depend on who else is
busy: the difference between the two processes, engines left out, is what the port works for each token.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
from msgspec import json
from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.stdio import COMMAND, stdio_port

TOKENS, ROUNDS = 1000, 11
OPTIONS: dict[str, Any] = {"max_tokens": TOKENS, "temperature": 0, "engine_options": {"ignore_eos": True}}
WIRE_OPTIONS = {"maxTokens": TOKENS, "temperature": 0, "engineOptions": {"ignore_eos": True}}
Measure = Callable[[], Awaitable[tuple[float, float]]]


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_gguf(Path(folder) / "random.gguf")
        async with LlamaWorker() as worker, LlamaWorkerBridge(stdio_port()) as bridge:
            lines = await Lines.start(path)
            ways: dict[str, Measure] = {
                "worker": stream_of(await worker.load_model(path)),
                "stdio": lines.measure,
                "bridge": stream_of(await bridge.load_model(path)),
            }
            times = await in_turns(ways)
            report(times)
            await report_processor_time(ways, lines.process.pid)
            await lines.close()


def stream_of(model: Any) -> Measure:
    async def measure() -> tuple[float, float]:
        begun, first = time.perf_counter(), 0.0
        async for _ in model.complete("Hello", **OPTIONS):
            first = first or time.perf_counter()
        return first - begun, (time.perf_counter() - first) / TOKENS

    return measure


class Lines:
    """A child process, spoken to in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._asked = 0

    @classmethod
    async def start(cls, path: Path) -> Lines:
        pipe = asyncio.subprocess.PIPE
        lines = cls(await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe))
        await lines.send({"type": "load_model", "modelPath": str(path)})
        while (await lines.read())["type"] != "model_loaded":
            pass
        return lines

    async def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.encode(message) + b"\n")
        await self.process.stdin.drain()

    async def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        message: dict[str, Any] = json.decode(await self.process.stdout.readline())
        return message

    async def measure(self) -> tuple[float, float]:
        begun, first = time.perf_counter(), 0.0
        self._asked += 1
        await self.send({"type": "complete", "id": self._asked, "prompt": "Hello", "options": WIRE_OPTIONS})
        while (message := await self.read())["type"] != "completion_done":
            if message["type"] == "completion_chunk":
                first = first or time.perf_counter()
        return first - begun, (time.perf_counter() - first) / TOKENS

    async def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()


async def in_turns(ways: dict[str, Measure]) -> dict[str, list[tuple[float, float]]]:
    """Seconds to the first token and for each further one, way by way, round by round."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, measure in ways.items():
            times[name].append(await measure())
    return {name: rounds[1:] for name, rounds in times.items()}  # the first round warms up


def report(times: dict[str, list[tuple[float, float]]]) -> None:
    for index, (what, unit, scale) in enumerate((("first token", "ms", 1e3), ("each token", "us", 1e6))):
        values = {name: [round_[index] * scale for round_ in rounds] for name, rounds in times.items()}
        print(f"{what:12} worker {statistics.median(values['worker']):8.2f} {unit}", end="")
        for name in ("stdio", "bridge"):
            more = statistics.median(b - a for a, b in zip(values["worker"], values[name], strict=True))
            print(f"   {name} {more:+8.2f} {unit}", end="")
        print()


async def report_processor_time(ways: dict[str, Measure], stdio_pid: int) -> None:
    """Without the engines, which are processes of their own."""
    spent = {"worker": await processor_time(ways["worker"], psutil.Process())}
    spent["stdio"] = await processor_time(ways["stdio"], psutil.Process(stdio_pid))
    print(f"processor time for each token: worker {spent['worker']:.1f} us, stdio process {spent['stdio']:.1f} us")


async def processor_time(measure: Measure, process: psutil.Process) -> float:
    before = process.cpu_times()
    for _ in range(ROUNDS):
        await measure()
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / ROUNDS / TOKENS * 1e6


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
