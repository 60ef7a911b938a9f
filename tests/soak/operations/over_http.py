"""What clients of a server do: ask, stream, leave in the middle, stop reading, send nonsense, load and unload."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from msgspec import json

from tests.http.server import Response
from tests.worker.structured.hostile import FIELDS

from ..http_world import HttpWorld
from .generating import text
from .registry import Asked, operation

HTTP_OPERATIONS: dict[str, Asked] = {}
_FORBIDDEN = {"internal_error", "llama_worker_error"}
_CHAT = "/v1/chat/completions"


def body(world: HttpWorld, chance: random.Random, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text(chance)}]
    model = chance.choice(list(world.models))
    return {"model": model, "messages": messages, "max_tokens": chance.choice([1, 8, 64, 300])} | more


def judged(answer: Response) -> str:
    """The outcome. Raises RuntimeError for an error that nobody meant."""
    if answer.status < 400:
        return "done"
    error = json.decode(answer.body)["error"]
    code = str(error.get("code") or error.get("type"))
    if code in _FORBIDDEN:
        raise RuntimeError(f"HTTP {answer.status} {code}: {error['message']}")
    return code


@operation(10, HTTP_OPERATIONS)
async def chat(world: HttpWorld, chance: random.Random) -> str:
    return judged(await world.ask("POST", _CHAT, body(world, chance, stream=chance.random() < 0.5)))


@operation(3, HTTP_OPERATIONS)
async def responses(world: HttpWorld, chance: random.Random) -> str:
    asked = {"model": chance.choice(list(world.models)), "input": text(chance), "max_output_tokens": 8}
    return judged(await world.ask("POST", "/v1/responses", asked))


@operation(3, HTTP_OPERATIONS)
async def messages(world: HttpWorld, chance: random.Random) -> str:
    return judged(await world.ask("POST", "/v1/messages", body(world, chance, stream=chance.random() < 0.5)))


@operation(4, HTTP_OPERATIONS)
async def embeddings(world: HttpWorld, chance: random.Random) -> str:
    asked = {"model": chance.choice(list(world.models)), "input": [text(chance) for _ in range(chance.randrange(1, 9))]}
    return judged(await world.ask("POST", "/v1/embeddings", asked))


@operation(6, HTTP_OPERATIONS)
async def leave(world: HttpWorld, chance: random.Random) -> str:
    """In the middle of an answer, or before it."""
    client = await world.client()
    try:
        await client.post(_CHAT, body(world, chance, stream=True, max_tokens=400))
        await asyncio.sleep(chance.choice([0, 0.01, chance.uniform(0, 0.3)]))
    finally:
        client.leave()
    world.record.faults["connection cut"] += 1
    return "left"


@operation(2, HTTP_OPERATIONS)
async def read_nothing(world: HttpWorld, chance: random.Random) -> str:
    """For a while; then the client is gone."""
    client = await world.client()
    try:
        await client.post(_CHAT, body(world, chance, stream=True, max_tokens=400))
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(chance.uniform(0.5, 3))
    finally:
        client.leave()
    world.record.faults["unread stream"] += 1
    return "left"


@operation(3, HTTP_OPERATIONS)
async def nonsense(world: HttpWorld, chance: random.Random) -> str:
    fields = FIELDS[chance.choice(list(FIELDS))]
    answer = await world.ask("POST", _CHAT, body(world, chance) | fields)
    if answer.status < 400:
        raise RuntimeError("a hostile form was taken")
    return judged(answer)


@operation(2, HTTP_OPERATIONS)
async def load(world: HttpWorld, chance: random.Random) -> str:
    return judged(await world.ask("POST", "/models/load", {"model": chance.choice(list(world.models))}))


@operation(1, HTTP_OPERATIONS)
async def unload(world: HttpWorld, chance: random.Random) -> str:
    return judged(await world.ask("POST", "/models/unload", {"model": chance.choice(list(world.models))}))


@operation(2, HTTP_OPERATIONS)
async def look(world: HttpWorld, chance: random.Random) -> str:
    path = chance.choice(["/health", "/v1/models", "/models/status", "/metrics", "/"])
    answer = await world.ask("GET", path)
    return "done" if answer.status in (200, 503) else f"http {answer.status}"
