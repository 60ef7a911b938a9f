"""What the HTTP door costs over the engine's own socket: for each token, and until the first one.

`python -m benchmarks.costs.http_overhead`: the same client asks the engine over its socket and `llama-worker serve`
over loopback, in turns, so that whatever else the machine does hits both. Medians of the differences are what counts.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker

TOKENS, ROUNDS = 1000, 15
BODY = {"prompt": "Hello", "max_tokens": TOKENS, "ignore_eos": True, "stream": True, "temperature": 0}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_gguf(Path(folder) / "random.gguf")
        async with LlamaWorker() as worker, served(path) as door:
            model = await worker.load_model(path)
            engine = await model.runtime._supervisor.engine()
            connector = aiohttp.UnixConnector(str(Path(engine.directory) / "engine.sock"), force_close=True)
            async with aiohttp.ClientSession("http://engine", connector=connector) as direct:
                report(await compare(direct, door[0]))
            await report_processor_time(*door)


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[tuple[aiohttp.ClientSession, psutil.Process]]:
    """A client of `llama-worker serve` in a process of its own, and that process."""
    port = free_port()
    command = (sys.executable, "-m", "llama_worker", "serve", "--model", str(path), "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        while b"Ctrl-C" not in await process.stdout.readline():
            pass
        unlimited = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=unlimited) as session:
            yield session, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def compare(direct: aiohttp.ClientSession, door: aiohttp.ClientSession) -> dict[str, list[tuple[float, float]]]:
    """Seconds to the first token and for each further one, of both, round by round."""
    times: dict[str, list[tuple[float, float]]] = {"engine": [], "door": []}
    for _ in range(ROUNDS + 1):
        for name, session in (("engine", direct), ("door", door)):
            times[name].append(await measure(session))
    return {name: rounds[1:] for name, rounds in times.items()}  # the first round warms up


async def measure(session: aiohttp.ClientSession) -> tuple[float, float]:
    begun, first = time.perf_counter(), 0.0
    async with session.post("/v1/completions", json=BODY) as answer:
        assert answer.status == 200, await answer.text()
        async for data in answer.content.iter_any():
            if not first and b'"text"' in data:
                first = time.perf_counter()
    return first - begun, (time.perf_counter() - first) / TOKENS


def report(times: dict[str, list[tuple[float, float]]]) -> None:
    for index, (what, unit, scale) in enumerate((("first token", "ms", 1e3), ("each token", "us", 1e6))):
        values = {name: [round_[index] * scale for round_ in rounds] for name, rounds in times.items()}
        more = statistics.median(b - a for a, b in zip(values["engine"], values["door"], strict=True))
        engine, door = (statistics.median(values[name]) for name in ("engine", "door"))
        print(f"{what:12} engine {engine:7.2f} {unit}   door {door:7.2f} {unit}   difference {more:6.2f} {unit}")


async def report_processor_time(door: aiohttp.ClientSession, process: psutil.Process) -> None:
    """What the door's process itself works for each token, whoever else is busy."""
    before = process.cpu_times()
    for _ in range(ROUNDS):
        await measure(door)
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    print(f"processor time of the door's process: {spent / ROUNDS / TOKENS * 1e6:.1f} us for each token")


if __name__ == "__main__":
    asyncio.run(main())
