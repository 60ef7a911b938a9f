"""Timing an engine that has just been started."""

from __future__ import annotations

import asyncio
import time

from msgspec import Struct

from ...engine.api.endpoints import COMPLETION
from ...engine.engine import Engine

_LONGEST_PROMPT = 128
# A short run is repeated, as whatever disturbs it only makes it longer.
_SHORT_SECONDS, _RUNS = 0.4, 3
# Threads that wait for each other do not compute; measured on a quiet machine: 0.94 to 0.97.
QUIET_SHARE = 0.85


class Timed(Struct, frozen=True):
    """`token_seconds` for a token of a prompt; `disturbed` when the threads did not get their cores."""

    token_seconds: float
    disturbed: bool


async def time_reading(engine: Engine) -> Timed:
    """Let it read a prompt of one batch. Raises what a request raises, and OSError when it is gone."""
    size = min(_LONGEST_PROMPT, engine.settings.batch_size, engine.settings.context_size // 2)
    best, began = await _time_once(engine, size), time.monotonic()
    for _ in range(_RUNS - 1):
        if time.monotonic() - began > _SHORT_SECONDS or best.token_seconds * size > _SHORT_SECONDS:
            break
        best = min(best, await _time_once(engine, size), key=lambda timed: timed.token_seconds)
    return best


async def _time_once(engine: Engine, size: int) -> Timed:
    count = max(engine.metadata.n_vocab, 1)
    prompt = [7919 * place % count for place in range(size)]  # some that are far from each other
    body = {"prompt": prompt, "max_tokens": 0, "cache_prompt": False}
    before, began = await asyncio.to_thread(_cpu_seconds, engine.pid), time.perf_counter()
    async with engine.stream(COMPLETION, body) as events:
        async for _ in events:
            pass
    seconds = time.perf_counter() - began
    got = await asyncio.to_thread(_cpu_seconds, engine.pid) - before
    return Timed(seconds / size, got < QUIET_SHARE * seconds * engine.settings.reading_threads)


def _cpu_seconds(pid: int) -> float:
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error as error:
        raise ProcessLookupError(str(error)) from error
    return float(times.user + times.system)
