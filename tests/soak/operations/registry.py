"""The list of all operations."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

Perform = Callable[[Any, random.Random], Awaitable[object]]


class Asked(Struct, frozen=True):
    """Something to ask of a worker, so often in comparison with the others."""

    name: str
    weight: int
    perform: Perform


OPERATIONS: dict[str, Asked] = {}


def operation(weight: int, among: dict[str, Asked] = OPERATIONS) -> Callable[[Perform], Perform]:
    """Registers a coroutine function under its name."""

    def register(perform: Perform) -> Perform:
        name: str = perform.__name__
        among[name] = Asked(name, weight, perform)
        return perform

    return register
