"""Processes that keep cores busy beside what is measured: real ones, children of this process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from llama_worker.engine.threads.cpus import usable_cpus

# It ends with the process that started it, however that ends.
_PROGRAM = """
import os
parent, number = os.getppid(), 1
print(flush=True)
while os.getppid() == parent:
    for _ in range(100_000):
        number = number * 1103515245 + 12345 & 0xFFFFFFFF
"""


def cores() -> int:
    """Those that this process may use."""
    return len(usable_cpus())


@asynccontextmanager
async def busy(count: int) -> AsyncIterator[None]:
    """So many processes that compute without end; they compute already when this begins."""
    processes = [await _start() for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            await process.wait()


async def _start() -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROGRAM, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


@asynccontextmanager
async def coming_and_going(count: int, seconds: float) -> AsyncIterator[None]:
    """Nobody for so many seconds, then so many busy processes for as long, and so on."""

    async def come_and_go() -> None:
        while True:
            await asyncio.sleep(seconds)
            async with busy(count):
                await asyncio.sleep(seconds)

    coming = asyncio.create_task(come_and_go())
    try:
        yield
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
