"""How late an event loop is while something runs in it. Every contestant's Python can import this."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

INTERVAL = 0.002


async def lateness(work: Awaitable[object]) -> dict[str, float]:
    """How late a callback is that is due every 2 ms until `work` is done, in seconds: the 99th percentile, and most."""
    late: list[float] = []
    beating = asyncio.create_task(_beat(late))
    await asyncio.sleep(0)  # so that it has begun, should `work` never give the loop back
    try:
        await work
        await asyncio.sleep(2 * INTERVAL)
    finally:
        beating.cancel()
        await asyncio.wait([beating])
    late.sort()
    return {"late": late[int(0.99 * len(late))], "latest": late[-1]}


async def _beat(late: list[float]) -> None:
    """How late each moment is at which a callback was due: one that blocks makes all late that were due meanwhile."""
    loop = asyncio.get_running_loop()
    due = loop.time() + INTERVAL
    while True:
        await asyncio.sleep(due - loop.time())
        while due <= loop.time():
            late.append(loop.time() - due)
            due += INTERVAL
