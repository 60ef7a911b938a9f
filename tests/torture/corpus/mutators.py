"""What a way of damaging a file looks like, and the list of all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from msgspec import Struct

from .anatomy import Anatomy

Damage = Callable[[Anatomy, random.Random, int], bytes]
LARGE = (2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64 - 32)
"""Numbers at which counts, lengths and offsets overflow."""


class Mutator(Struct, frozen=True):
    """`damage` makes a hostile file from a sound one, its chance, and its number among `times`."""

    name: str
    times: int
    damage: Damage


MUTATORS: dict[str, Mutator] = {}


def mutator(times: int) -> Callable[[Damage], Damage]:
    """Registers a function under its name, for so many files of each architecture."""

    def register(damage: Damage) -> Damage:
        name: str = damage.__name__.strip("_")
        MUTATORS[name] = Mutator(name, times, damage)
        return damage

    return register


def numbered() -> Iterator[tuple[Mutator, int]]:
    """Every mutator with each of its numbers."""
    for one in MUTATORS.values():
        for number in range(one.times):
            yield one, number
