"""Damage that knows little of the format: files cut off, bits turned over, pieces lost or put in."""

from __future__ import annotations

import random

from .anatomy import Anatomy
from .mutators import mutator


@mutator(12)
def truncate(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """At each kind of boundary, or a little before or behind it."""
    places = sound.boundaries()
    place = places[number] if number < 5 else chance.choice(places)
    return sound.encode()[: max(place + chance.choice([0, 0, -1, 1, 7]), 0)]


@mutator(10)
def flip_header(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    return _flipped(sound.encode(), chance, 0, sound.header_size(), 1 + number)


@mutator(6)
def flip_infos(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """In the descriptions of the tensors only."""
    begin = sound.boundaries()[4 + len(sound.keys)]
    return _flipped(sound.encode(), chance, begin, sound.header_size(), 1 + number)


@mutator(3)
def flip_data(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    content = sound.encode()
    return _flipped(content, chance, sound.header_size(), len(content), 10 ** (number + 1))


def _flipped(content: bytes, chance: random.Random, begin: int, end: int, count: int) -> bytes:
    changed = bytearray(content)
    for _ in range(count):
        changed[chance.randrange(begin, end)] ^= 1 << chance.randrange(8)
    return bytes(changed)


@mutator(4)
def overwrite(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A stretch of the header with nothing, ones, noise, or another part of the file."""
    content, length = bytearray(sound.encode()), chance.choice([4, 8, 64, 512])
    at = chance.randrange(24, sound.header_size())
    elsewhere = chance.randrange(24, len(content))
    with_what = [bytes(length), b"\xff" * length, chance.randbytes(length), content[elsewhere : elsewhere + length]]
    content[at : at + length] = with_what[number]
    return bytes(content)


@mutator(4)
def lose_or_double(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A piece of the file, so that all behind it is elsewhere than it says."""
    content = sound.encode()
    at, length = chance.choice(sound.boundaries()), chance.choice([1, 8, 32, 4096])
    if number % 2:
        return content[:at] + content[at + length :]
    return content[:at] + content[at : at + length] + content[at:]
