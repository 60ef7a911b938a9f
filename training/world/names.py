"""Names, cities and things: short lists of real ones and endless made-up ones, split into training and test halves."""

import random
import zlib

from training.world import phrases

TEXT = phrases.load("names")

FIRST: list[str] = TEXT["first"]
CITIES: list[str] = TEXT["cities"]
USUAL: dict[str, list[str]] = TEXT["usual"]
RARE: dict[str, list[str]] = TEXT["rare"]


def held_out(word: str) -> bool:
    """About one word in eight is never used in training."""
    return zlib.crc32(word.lower().encode()) % 8 == 0


def _sound(rng: random.Random, kind: str) -> str:
    return rng.choice((RARE if rng.random() < 0.12 else USUAL)[kind])


def invented(rng: random.Random) -> str:
    """A word of two or three syllables that sounds like a name."""
    word = _sound(rng, "onsets") + _sound(rng, "vowels")
    for _ in range(rng.choice((1, 1, 2))):
        word += _sound(rng, "middles") + _sound(rng, "vowels")
    return word + _sound(rng, "ends") if rng.random() < 0.6 else word


def _choose(rng: random.Random, listed: list[str], test: bool, made_up: float) -> str:
    while True:
        word = invented(rng) if rng.random() < made_up else rng.choice(listed)
        if held_out(word) == test:
            return word


def person(rng: random.Random, test: bool) -> str:
    return _choose(rng, FIRST, test, 0.5)


def city(rng: random.Random, test: bool) -> str:
    """One word, or now and then two."""
    name = _choose(rng, CITIES, test, 0.55)
    return f"{name} {word(rng, test)}" if rng.random() < 0.06 else name


def word(rng: random.Random, test: bool) -> str:
    return _choose(rng, FIRST, test, 1.0)
