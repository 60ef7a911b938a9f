"""Functions of a program that do what functions should not."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

RAISED: tuple[type[BaseException], ...] = (
    ValueError,
    SystemExit,
    KeyboardInterrupt,
    StopIteration,
    RecursionError,
    asyncio.CancelledError,
    GeneratorExit,
)


def function(chance: random.Random) -> Callable[..., Any]:
    """One that answers, or raises, or takes too long, or gives what no message can hold."""

    def get_weather(city: str) -> Any:
        """The current weather of a city."""
        match chance.randrange(6):
            case 0:
                raise chance.choice(RAISED)("on purpose")
            case 1:
                time.sleep(chance.uniform(0, 0.3))
            case 2:
                return {"a": object(), "b": float("nan"), "c": "\ud800"}
        return "sunny, 24 degrees"

    return get_weather


def later(chance: random.Random) -> Callable[..., Any]:
    """The same for the event loop."""

    async def get_weather(city: str) -> Any:
        """The current weather of a city."""
        await asyncio.sleep(chance.choice([0, 0.01, 0.3]))
        if chance.random() < 0.3:
            raise chance.choice(RAISED)("on purpose")
        return "rain"

    return get_weather


def approve(chance: random.Random) -> Callable[..., Any]:
    def decide(call: Any) -> bool:
        if chance.random() < 0.3:
            raise chance.choice(RAISED)("on purpose")
        return chance.random() < 0.5

    return decide


def overflow(chance: random.Random) -> Callable[..., Any]:
    """What a model is to see of a conversation that has grown too long, or no such thing."""

    async def shorten(overflow: Any) -> Any:
        match chance.randrange(4):
            case 0:
                raise chance.choice(RAISED)("on purpose")
            case 1:
                return overflow.messages
            case 2:
                return [{"role": "user"}]
        return overflow.messages[-1:]

    return shorten
