"""Whether a model's engine still computes."""

from __future__ import annotations

import asyncio

from ..runtime import ModelRuntime

_PROBE = "probe"


async def probe(runtime: ModelRuntime, patience: float | None) -> None:
    """Have the engine compute one token, in a turn of its own.

    Raises `EngineDiedError` when it cannot, TimeoutError when all slots are taken for `patience` seconds.
    """
    async with asyncio.timeout(patience) as waiting, runtime.borrow_engine(_PROBE) as engine:
        waiting.reschedule(None)
        await engine.probe()
