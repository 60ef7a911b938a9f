"""Whether a conversation's special tokens are those of its template alone, as the engine itself reads it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from llama_worker import Model, errors
from llama_worker.engine.api.endpoints import TOKENIZE, apply_template
from llama_worker.models.gguf.special_tokens import SpecialTokens, read_special_tokens
from llama_worker.worker.inert.policy import Policy

from .hostility import HostileTexts, Message, talk, tool, with_calls, with_system

KINDS = {"talk": talk, "system": with_system, "calls": with_calls}
TURNS = 10


@lru_cache(maxsize=2)
def names_of(model: Model) -> frozenset[str]:
    """The names that an engine reads as tokens; white space and words that a maker added are no threat."""
    tokens: SpecialTokens = read_special_tokens(model.path, model.runtime.loaded_files.header)
    return tokens.control | {name for name in tokens.user_defined if name.startswith("<")}


async def special_tokens(
    model: Model, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = (), *, policy: Policy | None = None
) -> list[str]:
    """The special tokens of the whole prompt, in their order."""
    names, guard = names_of(model), model.runtime.guard
    inert = guard.messages(messages, policy or Policy())
    fields = {"tools": list(guard.tools(tools, policy or Policy()))} if tools else {}
    async with model.runtime.borrow_engine() as engine:
        prompt = await apply_template(engine, inert, {}, **fields)
        body = {"content": prompt, "add_special": True, "parse_special": True, "with_pieces": True}
        pieces = json.loads(await engine.request(TOKENIZE, body))["tokens"]
    texts = [piece["piece"] for piece in pieces]
    return [text for text in texts if isinstance(text, str) and text in names]  # parts of characters are lists


async def differences(model: Model, conversations: int, *, seed: int = 0) -> tuple[int, list[str]]:
    """How many hostile texts were tried, and what became a token that should not have."""
    hostile = HostileTexts(sorted(names_of(model)), seed)
    count, found = 0, []

    def counted() -> str:
        nonlocal count
        count += 1
        return hostile()

    for kind, conversation in KINDS.items():
        numbers = map(str, itertools.count())  # templates compare messages with each other
        harmless = [tool(numbers.__next__)] if kind == "calls" else []
        try:
            expected = await special_tokens(model, conversation(numbers.__next__, TURNS), harmless)
        except errors.EngineRequestError:
            continue  # the template has no such thing
        for _ in range(conversations):
            messages = conversation(counted, TURNS)
            tools = [tool(counted)] if kind == "calls" else []
            if (got := await special_tokens(model, messages, tools)) != expected:
                found.append(f"{kind}: {_first(got, expected)} in {messages!r} {tools!r}")
    return count, found


def _first(got: list[str], expected: list[str]) -> str:
    at = next((at for at, (one, two) in enumerate(zip(got, expected, strict=False)) if one != two), len(expected))
    return f"{got[at - 2 : at + 3]} for {expected[at - 2 : at + 3]} at {at} ({len(got)} for {len(expected)})"
