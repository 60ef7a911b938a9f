"""Completions and chats without a session, in every form; tokens."""

from __future__ import annotations

import random
from typing import Any

from llama_worker.errors import InvalidOptionsError
from tests.worker.structured.hostile import GRAMMARS, SCHEMAS

from ..ways import await_somehow
from ..world import World
from .registry import operation

_SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
_WORDS = ["la", "li", "lo", "Hello!", "\u00e9\U0001f600", "<|im_end|>", "", " ", "word " * 40, "x" * 3000]


def text(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS[:6], k=chance.randrange(1, 12))) if chance.random() < 0.9 else _WORDS[-1]


def options(chance: random.Random) -> dict[str, Any]:
    """Of an answer: how long, how chosen, what becomes of it when it is aborted."""
    chosen: dict[str, Any] = {"max_tokens": chance.choice([0, 1, 4, 16, 64, 400])}
    some = {
        "temperature": chance.choice([0, 0.7, 2.0]),
        "seed": chance.randrange(1000),
        "stop_sequences": ["a"],
        "stop_on_abort": True,
        "evaluation_priority": chance.randint(1, 5),
        "cache_prompt": False,
        "repeat_penalty": {"penalty": 1.3},
        "logprobs": 3,
    }
    return chosen | {name: some[name] for name in chance.sample(list(some), chance.randrange(4))}


async def generate(world: World, chance: random.Random, generation: Any) -> Any:
    world.begun.append(generation)
    return await await_somehow(generation, chance, world.record)


@operation(14)
async def complete(world: World, chance: random.Random) -> None:
    await generate(world, chance, (await world.model(chance)).complete(text(chance), **options(chance)))


@operation(6)
async def complete_in_form(world: World, chance: random.Random) -> None:
    form: dict[str, Any] = chance.choice([{"grammar": "json"}, {"grammar": 'root ::= "a"+'}, {"json_schema": _SCHEMA}])
    model = await world.model(chance)
    await generate(world, chance, model.complete("Say it: ", **options(chance) | {"logprobs": 1} | form))


@operation(3)
async def complete_in_hostile_form(world: World, chance: random.Random) -> None:
    """All of these are refused, and before the engine has anything to do with them."""
    kind, forms = chance.choice([("grammar", GRAMMARS), ("json_schema", SCHEMAS)])
    form: Any = forms[chance.choice(list(forms))]
    try:
        await (await world.model(chance)).complete("a", max_tokens=1, **{kind: form})
    except InvalidOptionsError:
        return
    raise RuntimeError(f"a hostile {kind} was taken")


@operation(10)
async def chat(world: World, chance: random.Random) -> None:
    turns = [{"role": role, "content": text(chance)} for role in ["user", "assistant"] * chance.randrange(3)]
    messages = [*turns, {"role": "user", "content": text(chance)}]
    await generate(world, chance, (await world.model(chance)).chat(messages, **options(chance)))


@operation(5)
async def count_tokens(world: World, chance: random.Random) -> None:
    model, words = await world.model(chance), text(chance)
    tokens = await model.tokenize(words)
    if await model.detokenize(tokens) != words and "<|im_end|>" not in words:
        raise RuntimeError(f"{words!r} does not come back from its tokens")
    messages = [{"role": "user", "content": words}]
    counted, shown = await model.count_tokens(messages), await model.render(messages)
    if counted != len(shown.tokens):
        raise RuntimeError(f"{counted} tokens are counted and {len(shown.tokens)} shown of {words!r}")
