"""Vectors of texts, many and few; and what the loaded models cannot do."""

from __future__ import annotations

import random

from llama_worker.errors import NotSupportedError

from ..ways import await_somehow
from ..world import World
from .generating import text
from .registry import operation


@operation(5)
async def embed(world: World, chance: random.Random) -> None:
    model = await world.model(chance)
    texts = [text(chance) for _ in range(chance.choice([1, 3, 40]))]
    embedding = model.embed(texts, truncate=True, normalize=chance.random() < 0.5)
    world.begun.append(embedding)
    vectors = await await_somehow(embedding, chance, world.record)
    if len(vectors) != len(texts):
        raise RuntimeError(f"{len(vectors)} vectors of {len(texts)} texts")


@operation(1)
async def ask_for_what_it_cannot(world: World, chance: random.Random) -> None:
    model = await world.model(chance)
    try:
        asked = model.rerank("a query", ["a", "b"]) if chance.random() < 0.5 else model.infill("a", "b", max_tokens=4)
        await asked
    except NotSupportedError:
        return
    raise RuntimeError("a model did what it cannot")
