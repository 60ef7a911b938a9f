"""How somebody waits for an operation, or does not: to the end, for a while, until it is enough, or not at all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from llama_worker import Operation
from llama_worker.errors import LlamaWorkerError, OperationAborted

from .record import Record

FINAL = {"done", "aborted", "failed"}
_LONGEST_DELAY = 0.12


async def _whole(operation: Operation[Any, Any], chance: random.Random) -> Any:
    return await operation


async def _streamed(operation: Operation[Any, Any], chance: random.Random) -> Any:
    async for _ in operation:
        await asyncio.sleep(chance.choice([0, 0, 0.001]))
    return await operation


async def _watched(operation: Operation[Any, Any], chance: random.Random) -> Any:
    async for _ in operation.events():
        pass
    return await operation


async def _left(operation: Operation[Any, Any], chance: random.Random) -> Any:
    """A stream that its reader leaves after a few pieces."""
    pieces = chance.randrange(4)
    stream = aiter(operation)
    async for _ in stream:
        if pieces <= 0:
            break
        pieces -= 1
    await stream.aclose()
    return await operation


async def _unread(operation: Operation[Any, Any], chance: random.Random) -> Any:
    """A stream that is begun and not read on."""
    stream = aiter(operation)
    async for _ in stream:
        break
    await operation.wait_unharmed()
    return await operation


async def _aborted(operation: Operation[Any, Any], chance: random.Random) -> Any:
    await _moment(chance)
    operation.abort()
    return await operation


async def _cancelled(operation: Operation[Any, Any], chance: random.Random) -> Any:
    async def wait() -> Any:
        return await operation

    waiting = asyncio.create_task(wait())
    await _moment(chance)
    waiting.cancel()
    await asyncio.wait([waiting])
    return await operation


async def _timed_out(operation: Operation[Any, Any], chance: random.Random) -> Any:
    try:
        async with asyncio.timeout(chance.uniform(0, _LONGEST_DELAY)):
            return await operation
    except TimeoutError:
        return await operation


async def _paused(operation: Operation[Any, Any], chance: random.Random) -> Any:
    await _moment(chance)
    operation.pause()
    await _moment(chance)
    operation.resume() if chance.random() < 0.8 else operation.abort()
    return await operation


async def _hurried(operation: Operation[Any, Any], chance: random.Random) -> Any:
    await _moment(chance)
    operation.answer_now()
    return await operation


async def _twice(operation: Operation[Any, Any], chance: random.Random) -> Any:
    """Two who wait for the same, one of whom gives up."""
    other = asyncio.create_task(operation.wait_unharmed())
    await _moment(chance)
    other.cancel()
    await asyncio.wait([other])
    return await operation


async def _moment(chance: random.Random) -> None:
    await asyncio.sleep(chance.choice([0, 0, chance.uniform(0, 0.01), chance.uniform(0, _LONGEST_DELAY)]))


Way = Callable[[Operation[Any, Any], random.Random], Awaitable[Any]]
WAYS: dict[str, tuple[Way, int]] = {
    "awaited": (_whole, 40),
    "streamed": (_streamed, 12),
    "watched": (_watched, 4),
    "left": (_left, 8),
    "unread": (_unread, 4),
    "aborted": (_aborted, 12),
    "cancelled": (_cancelled, 8),
    "timed out": (_timed_out, 8),
    "paused": (_paused, 8),
    "hurried": (_hurried, 4),
    "twice": (_twice, 4),
}
_PAUSABLE = {"prompt", "completion", "chat"}


async def await_somehow(operation: Operation[Any, Any], chance: random.Random, record: Record) -> Any:
    """Its result. Raises its error, and RuntimeError when its state is not what it ended with."""
    names = [name for name in WAYS if name != "paused" or operation.kind in _PAUSABLE]
    (name,) = chance.choices(names, [WAYS[name][1] for name in names])
    record.ways[name] += 1
    try:
        result = await WAYS[name][0](operation, chance)
    except OperationAborted:
        _ended(operation, "aborted", name)
        raise
    except LlamaWorkerError:
        _ended(operation, "failed", name)
        raise
    _ended(operation, "done", name)
    return result


def _ended(operation: Operation[Any, Any], expected: str, way: str) -> None:
    state = operation.state
    partial_result = expected == "done" and state == "aborted"  # what stop_on_abort gives
    if state != expected and not partial_result:
        raise RuntimeError(f"{operation.kind} {way} ended as {expected} and says that it is {state}")
