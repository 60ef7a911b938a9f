"""Conversations: asked, forked, saved, loaded, replaced, and looked at meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ..ways import await_somehow
from ..world import Known, World
from .callbacks import approve, function, later, overflow
from .generating import generate, options, text
from .registry import operation

SAVED = 6


@asynccontextmanager
async def asking(world: World, chance: random.Random) -> AsyncIterator[Known]:
    """A session to ask, whose history must be in order however that ends."""
    known = await world.known(chance)
    known.asking += 1
    try:
        yield known
    finally:
        known.asking -= 1
        if known.session.model.loaded and (wrong := world.check_history(known)):
            raise RuntimeError(wrong)


@operation(6)
async def create_session(world: World, chance: random.Random) -> None:
    given: dict[str, Any] = {"system_prompt": chance.choice([None, "Be brief.", text(chance)])}
    if chance.random() < 0.3:
        given["overflow"] = chance.choice([overflow(chance), "error", "drop_oldest"])
    creating = (await world.model(chance)).create_session(**given)
    world.begun.append(creating)
    world.keep(await await_somehow(creating, chance, world.record))
    world.forget_sessions()


@operation(24)
async def prompt(world: World, chance: random.Random) -> None:
    async with asking(world, chance) as known:
        await generate(world, chance, known.session.prompt(text(chance), **options(chance)))


@operation(8)
async def prompt_with_functions(world: World, chance: random.Random) -> None:
    given = options(chance) | {"functions": [chance.choice([function, later])(chance)], "function_timeout": 0.2}
    given |= {"temperature": 0, "max_function_rounds": 2, "max_tokens": 64}
    if chance.random() < 0.5:
        given["function_choice"] = "required"
    if chance.random() < 0.3:
        given["approve"] = approve(chance)
    if chance.random() < 0.3:
        given["on_function_error"] = "raise"
    given.pop("logprobs", None)
    async with asking(world, chance) as known:
        await generate(world, chance, known.session.prompt("What is the weather in Lisbon?", **given))


@operation(3)
async def answer_calls(world: World, chance: random.Random) -> None:
    """Calls whose results are given later, or never: the next prompt finds them open."""
    definition = {"get_weather": {"description": "The weather.", "params": {"type": "object", "properties": {}}}}
    given: dict[str, Any] = {"functions": definition, "function_choice": "required", "max_tokens": 64}
    async with asking(world, chance) as known:
        asked = known.session.prompt("What is the weather?", **given, temperature=0)
        reply = await generate(world, chance, asked)
        if getattr(reply, "finish_reason", "") == "tool_calls" and chance.random() < 0.7:
            results = {call.id: "rain" for call in reply.tool_calls}
            await generate(world, chance, known.session.answer_calls(results, functions=definition, max_tokens=8))


@operation(3)
async def preload(world: World, chance: random.Random) -> None:
    async with asking(world, chance) as known:
        await generate(world, chance, known.session.preload(text(chance)))


@operation(3)
async def complete_prompt(world: World, chance: random.Random) -> None:
    async with asking(world, chance) as known:
        await generate(world, chance, known.session.complete_prompt(text(chance), max_tokens=8))


@operation(3)
async def fork(world: World, chance: random.Random) -> None:
    world.keep((await world.known(chance)).session.fork())


@operation(3)
async def replace_history(world: World, chance: random.Random) -> None:
    known = await world.known(chance)
    turns = [{"role": role, "content": text(chance)} for role in ["user", "assistant"] * chance.randrange(40)]
    if chance.random() < 0.5:
        known.session.set_chat_history(turns)
    else:
        known.session.reset_chat_history()


@operation(3)
async def count(world: World, chance: random.Random) -> None:
    await (await world.known(chance)).session.count_tokens()


@operation(6)
async def save(world: World, chance: random.Random) -> None:
    known, path = await world.known(chance), _saved(world, chance)
    if chance.random() < 0.2:
        world.record.faults["a full disk"] += 1
        path = world.folder / "full" / path.name
    saving = asyncio.create_task(known.session.save(path, include_state=chance.random() < 0.5))
    if chance.random() < 0.3:
        await asyncio.sleep(chance.uniform(0, 0.02))
        saving.cancel()
    await asyncio.wait([saving])
    if not saving.cancelled():
        saving.result()


@operation(5)
async def load_session(world: World, chance: random.Random) -> None:
    path, known = _saved(world, chance), None
    if chance.random() < 0.2 and path.is_file():
        path = _damaged(path, chance)
    known = Known(await (await world.model(chance)).load_session(path, any_model=chance.random() < 0.7))
    world.sessions.append(known)
    if wrong := world.check_history(known):
        raise RuntimeError(wrong)


def _saved(world: World, chance: random.Random) -> Path:
    return world.folder / f"{world.name}-{chance.randrange(SAVED)}.llama"


def _damaged(path: Path, chance: random.Random) -> Path:
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    damaged = path.with_suffix(".damaged")
    damaged.write_bytes(content[: chance.choice([len(content), chance.randrange(len(content))])])
    return damaged
