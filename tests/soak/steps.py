"""One step: an operation with its own chance, its end judged."""

from __future__ import annotations

import asyncio
import random
import traceback

from llama_worker.errors import LlamaWorkerError

from .checkpoints import waiting
from .http_world import HttpWorld
from .operations import OPERATIONS, Asked
from .operations.over_http import HTTP_OPERATIONS
from .world import World

LONGEST_SECONDS = 120.0
"""What a step may take: a few engines that stand still, one after the other, each given up after its stall."""


def chosen(world: World, seed: int, number: int) -> tuple[Asked, random.Random]:
    """What step `number` does, and the chance that it has."""
    chance = random.Random(f"{seed} {number}")
    asked = list((HTTP_OPERATIONS if isinstance(world, HttpWorld) else OPERATIONS).values())
    (one,) = chance.choices(asked, [each.weight for each in asked])
    return one, chance


async def perform(world: World, seed: int, number: int) -> None:
    """A step; whatever it ends with that is no answer and no error of ours is a violation."""
    asked, chance = chosen(world, seed, number)
    if chance.random() < 0.95:
        await world.open.wait()
    outcome, wrong = await _ended(asked, world, chance)
    world.record.count(f"{world.name}: {asked.name}", outcome)
    if wrong:
        world.record.violate(number, f"{world.name}: {asked.name}", wrong)


async def _ended(asked: Asked, world: World, chance: random.Random) -> tuple[str, str]:
    """Its outcome, and what was wrong with that."""
    limit, stuck = asyncio.timeout(LONGEST_SECONDS), list[str]()
    alarm = asyncio.get_running_loop().call_later(0.9 * LONGEST_SECONDS, lambda: stuck.append(waiting()))
    try:
        async with limit:
            told = await asked.perform(world, chance)
    except LlamaWorkerError as error:
        untyped = error.code == LlamaWorkerError.code
        return error.code, _told(error) if untyped else ""
    except BaseException as error:
        if limit.expired():
            return "hang", f"still not ended after {LONGEST_SECONDS:g} s: {_told(error)}; {stuck}"
        return "violation", _told(error)
    finally:
        alarm.cancel()
    return told if isinstance(told, str) else "done", ""


def _told(error: BaseException) -> str:
    frames = traceback.extract_tb((error.__cause__ or error).__traceback__)[-3:]
    where = ", ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__}: {error} ({where})"
