"""Downloads from a hub that has its faults."""

from __future__ import annotations

import asyncio
import random

from llama_worker import LlamaWorker

from ..hub import REPOSITORY
from ..ways import await_somehow
from ..world import World
from .registry import operation


@operation(3)
async def download(world: World, chance: random.Random) -> None:
    if not isinstance(world.worker, LlamaWorker):
        return
    number = world.files.pop() if world.files else None
    if number is None:
        return
    try:
        await _fetched(world, chance, f"hf:{REPOSITORY}/model-{number}.gguf")
    finally:
        world.files.append(number)


async def _fetched(world: World, chance: random.Random, name: str) -> None:
    fetching = world.worker.download_model(name)
    world.begun.append(fetching)
    path = await await_somehow(fetching, chance, world.record)
    if not path.is_file():
        raise RuntimeError(f"{path} was downloaded and is not there")
    for file in (path.resolve(), path):
        await asyncio.to_thread(file.unlink, missing_ok=True)
