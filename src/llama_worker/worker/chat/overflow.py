"""Overflow: what is left out of a conversation that does not fit into the context."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ...errors import ContextOverflowError, LlamaWorkerError, OverflowStrategyError
from ...options import SessionOptions
from ..conversation import Message, check_messages
from ..tools.callbacks import CallbackFailed, called

CountTokens = Callable[[Sequence[Message]], Awaitable[int]]


class Overflow(Struct, frozen=True):
    """What a strategy of one's own is told: sizes in tokens; the result should have at most `limit`."""

    messages: list[Message]
    prompt_tokens: int
    context_size: int
    limit: int
    count_tokens: CountTokens


Shortened = Iterable[Mapping[str, Any]]
Strategy = Callable[[Overflow], Shortened | Awaitable[Shortened]]


async def make_room(
    options: SessionOptions, strategy: Strategy | None, context_size: int, messages: list[Message], count: CountTokens
) -> list[Message] | None:
    """`messages` as the session's options shorten them; None when they cannot, or must not.

    Raises what `apply_strategy` does.
    """
    limit = int(context_size * (1 - options.overflow_reserve))
    if strategy is not None:
        overflow = Overflow(messages, await count(messages), context_size, limit, count)
        return await apply_strategy(strategy, overflow)
    if options.overflow == "error":
        return None
    return await drop_oldest(messages, limit, count)


async def drop_oldest(messages: list[Message], limit: int, count: CountTokens) -> list[Message] | None:
    """`messages` without as many of the oldest turns as it takes; None when there is nothing left to drop.

    System messages stay, and so does the last turn. A turn is a user's message and all that came of it.
    """
    starts = [index for index, message in enumerate(messages) if message["role"] == "user"]
    low, high = 1, len(starts) - 1
    if high < 1:
        return None
    while low < high:  # the fewest turns that make it fit
        middle = (low + high) // 2
        if await count(_without(messages, starts[middle])) <= limit:
            high = middle
        else:
            low = middle + 1
    return _without(messages, starts[low])


def _without(messages: list[Message], first: int) -> list[Message]:
    return [message for message in messages[:first] if message["role"] == "system"] + messages[first:]


async def apply_strategy(strategy: Strategy, overflow: Overflow) -> list[Message] | None:
    """What a strategy of one's own made of it, checked; None when it made nothing shorter.

    Raises `ContextOverflowError` when it still does not fit, `OverflowStrategyError` when the strategy fails.
    """
    try:
        shortened = check_messages(await called(_messages_of, strategy, overflow))
    except CallbackFailed as failed:
        if isinstance(failed.error, LlamaWorkerError):
            raise failed.error from None
        raise OverflowStrategyError(f"The function given as overflow failed with {failed}.") from failed.error
    tokens = await overflow.count_tokens(shortened)
    if tokens >= overflow.context_size:
        raise ContextOverflowError(
            f"The overflow strategy left {tokens} tokens and the context holds {overflow.context_size}.",
            prompt_tokens=tokens,
            context_size=overflow.context_size,
        )
    return shortened if tokens < overflow.prompt_tokens else None


async def _messages_of(strategy: Strategy, overflow: Overflow) -> Any:
    """Its messages as a list: the strategy may be a generator, which only then runs."""
    result = strategy(overflow)
    messages = await result if inspect.isawaitable(result) else result
    return (
        list(messages)
        if isinstance(messages, Iterable) and not isinstance(messages, str | bytes | Mapping)
        else messages
    )
