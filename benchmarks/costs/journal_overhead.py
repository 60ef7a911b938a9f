"""What a journal costs: until the first token, and for a whole turn.

`python -m benchmarks.costs.journal_overhead [FOLDER]`: two workers with the same small model, one with a journal (in
FOLDER, default the temporary directory), are asked the same in turns, so that whatever else the machine does hits both.
Medians of the differences are what counts: a turn is two transactions, whatever the model. How long a transaction takes
is the disk's business, so the same number of plain writes with fsync is measured beside.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from llama_worker import ChatSession, LlamaWorker

ROUNDS, TOKENS = 60, 16


async def main(parent: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        async with LlamaWorker(journal=Path(folder) / "chats") as keeping, LlamaWorker() as forgetting:
            sessions = [await new_session(worker) for worker in (forgetting, keeping)]
            rounds = [[await turn(session) for session in sessions] for _ in range(ROUNDS + 1)][1:]
        report(rounds, [flush(Path(folder) / "plain") for _ in range(ROUNDS)])


async def new_session(worker: LlamaWorker) -> ChatSession:
    model = await worker.load_model("builtin", sequences=1)
    return await model.create_session(system_prompt="You are a helpful assistant.")


async def turn(session: ChatSession) -> tuple[float, float]:
    """Seconds to the first token, and of the whole turn."""
    begun, first = time.perf_counter(), 0.0
    operation = session.prompt("Tell me a story.", temperature=0, max_tokens=TOKENS)
    async for _ in operation:
        first = first or time.perf_counter()
    return first - begun, time.perf_counter() - begun


def flush(path: Path) -> float:
    begun = time.perf_counter()
    with path.open("ab") as file:
        file.write(b"x" * 4096)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - begun


def report(rounds: list[list[tuple[float, float]]], flushes: list[float]) -> None:
    for index, what in enumerate(("first token", "whole turn")):
        without = [one[0][index] * 1000 for one in rounds]
        more = [(one[1][index] - one[0][index]) * 1000 for one in rounds]
        ratio = statistics.median(one[1][index] / one[0][index] for one in rounds)
        shown = f"{statistics.median(without):7.2f} ms without, {statistics.median(more):+6.2f} ms with a journal"
        print(f"{what:12} {shown}, ratio {ratio:.3f}")
    print(f"one fsync    {statistics.median(flushes) * 1000:7.2f} ms")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if sys.argv[1:] else None))
