"""Requests that share one context: how much of it each is likely to need, and what happens when that was too little.

The engine lets go of all requests at once when together they need more than there is. Nothing of an answer is lost by
that: whoever was cut goes on while nobody else computes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

from msgspec import json

from ...engine.api.media import media_parts, without_bytes
from ...engine.engine import Engine
from ...errors import SharedContextFullError
from ..states.keeper import StateKeeper
from .reproducible import as_promised, steady_threads
from .served.served import served

Entered = TypeVar("Entered")
# A token is four or five bytes of English, three of code, and three or more of other scripts (vocabularies of today).
_BYTES_PER_TOKEN = 3
# Models of today make 256 to some thousands of one.
_TOKENS_OF_AN_IMAGE = 1024
# Most answers are shorter; with more, four requests of such prompts would not be computed at once.
SHARE_FOR_AN_ANSWER = 1 / 8


class Lend(Protocol):
    """Gives the engine for one request, in its turn; `alone` when nobody else computes."""

    def __call__(self, *, alone: bool) -> AbstractAsyncContextManager[Engine]: ...


def likely_tokens(asked: Any, max_tokens: object, shared: int | None) -> int:
    """Tokens of a context of `shared` that a request will take, as far as can be told unread; 0 without sharing."""
    if shared is None:
        return 0
    answer = int(shared * SHARE_FOR_AN_ANSWER)
    if isinstance(max_tokens, int) and max_tokens >= 0:
        answer = min(answer, max_tokens)
    return min(_read(asked) + answer, shared)


def _read(asked: Any) -> int:
    """Tokens of what is read. How many an image has only the engine can tell."""
    if isinstance(asked, dict) and isinstance(messages := asked.get("messages"), list):
        media = sum(1 for _ in media_parts(messages))
        asked = asked | {"messages": without_bytes(messages)} if media else asked
        return len(json.encode(asked)) // _BYTES_PER_TOKEN + media * _TOKENS_OF_AN_IMAGE
    return len(json.encode(asked)) // _BYTES_PER_TOKEN


@asynccontextmanager
async def alone_if_need_be(enter: Callable[[bool], AbstractAsyncContextManager[Entered]]) -> AsyncIterator[Entered]:
    """What `enter(False)` gives; `enter(True)`, which is to wait until nobody else computes, when there was no room."""
    async with AsyncExitStack() as stack:
        try:
            entered = await stack.enter_async_context(enter(False))
        except SharedContextFullError:
            entered = await stack.enter_async_context(enter(True))
        yield entered


@asynccontextmanager
async def served_bytes(
    lend: Lend, states: StateKeeper, path: str, body: dict[str, Any], owner: Hashable, alone: bool
) -> AsyncIterator[AsyncIterator[bytes]]:
    """The answer to a request in a dialect that the engine speaks."""
    async with lend(alone=alone) as lent:
        asked = await served(lent, path, await as_promised(lent, body))
        async with (
            steady_threads(lent, body.get("reproducible") is True),
            states.prepared(lent, asked.path, asked.body) as engine,
            asked.stream(engine, owner) as data,
        ):
            yield data


async def answered(lend: Lend, path: str, body: dict[str, Any] | None, owner: Hashable) -> bytes:
    """The whole answer to a request that generates nothing."""
    try:
        async with lend(alone=False) as engine:
            return await engine.request(path, body, owner=owner)
    except SharedContextFullError:
        async with lend(alone=True) as engine:
            return await engine.request(path, body, owner=owner)
