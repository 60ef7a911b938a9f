"""Loading, unloading, contexts, estimates; and the end of everything, again and again."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from llama_worker.errors import InsufficientMemoryError

from ..ways import await_somehow
from ..world import World
from .registry import operation


@operation(10)
async def load(world: World, chance: random.Random) -> None:
    options = {"context_size": chance.choice([256, 384, 512]), "sequences": chance.choice([1, 2, 3]), "batch_size": 32}
    loading = world.worker.load_model(world.path(chance), **options)  # type: ignore[arg-type]
    world.begun.append(loading)
    await await_somehow(loading, chance, world.record)


@operation(2)
async def load_what_is_not_there(world: World, chance: random.Random) -> None:
    broken = world.folder / "broken.gguf"
    broken.write_bytes(b"GGUF" + chance.randbytes(chance.randrange(4096)))
    path = chance.choice([broken, world.folder / "nothing.gguf", world.folder])
    await world.worker.load_model(path)


@operation(2)
async def load_what_does_not_fit(world: World, chance: random.Random) -> None:
    """No machine has so much."""
    try:
        await world.worker.load_model(world.models["slow"], context_size=2**30, sequences=1)
    except InsufficientMemoryError:
        return
    raise RuntimeError("a terabyte was not refused")


@operation(3)
async def unload(world: World, chance: random.Random) -> None:
    model = await world.model(chance)
    unloading = asyncio.create_task(_unload(world, model, chance.random() < 0.5))
    if chance.random() < 0.3:
        await asyncio.sleep(chance.uniform(0, 0.02))
        unloading.cancel()
    await asyncio.wait([unloading])
    if not unloading.cancelled():
        unloading.result()


async def _unload(world: World, model: object, through_worker: bool) -> None:
    if through_worker:
        await world.worker.unload_model(model.path)  # type: ignore[attr-defined]
    else:
        await model.unload()  # type: ignore[attr-defined]


@operation(4)
async def create_context(world: World, chance: random.Random) -> None:
    creating = (await world.model(chance)).create_context(context_size=chance.choice([256, 384, 512, 640]))
    world.begun.append(creating)
    context = await await_somehow(creating, chance, world.record)
    world.keep(await context.create_session())


@operation(2)
async def estimate(world: World, chance: random.Random) -> None:
    told = await world.worker.estimate(world.path(chance), context_size=chance.choice([256, 2**20]))
    if told.total_bytes <= 0:
        raise RuntimeError(f"an estimate of {told}")


@operation(1)
async def clean_up_and_begin_anew(world: World, chance: random.Random) -> None:
    """Whatever had begun by then must have ended."""
    before = [operation for operation in world.begun if not operation.finished]
    world.open.clear()
    try:
        await _clean_up(world, chance, before)
        await world.begin()
    finally:
        world.open.set()


async def _clean_up(world: World, chance: random.Random, before: list[Any]) -> None:
    ending = asyncio.create_task(world.worker.cleanup())
    if chance.random() < 0.3:
        await asyncio.sleep(chance.uniform(0, 0.02))
        ending.cancel()
    await asyncio.wait([ending])
    if not ending.cancelled():
        ending.result()
        if left := [operation for operation in before if not operation.finished]:
            raise RuntimeError(f"cleanup was outlived by {left}")
