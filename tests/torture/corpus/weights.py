"""Damage to tensors: shapes, types, places, names, and the numbers themselves."""

from __future__ import annotations

import random
import struct

from .anatomy import Anatomy, Tensor
from .mutators import LARGE, mutator

_BAD_NUMBERS = tuple(struct.pack("<f", value) for value in (float("nan"), float("inf"), -float("inf"), 3e38))
_REMOVED_OR_UNKNOWN = (4, 5, 31, 36, 200, 2**31, 2**32 - 1)
_Q4_0, _IQ1_S, _I8, _F64 = 2, 19, 24, 28


@mutator(10)
def shape(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A dimension of zero, one too many, products that overflow."""
    hurt = sound.copy()
    tensor = chance.choice(hurt.tensors)
    first, *others = tensor.shape
    shapes = [(0, *others), (first, 0), (), (1,) * 5, (2**32, 2**32), (chance.choice(LARGE), *others)]
    shapes += [(first + 1, *others), (first * 2, *others), tuple(reversed(tensor.shape)) * 2, (1, *tensor.shape)]
    tensor.shape = shapes[number]
    return hurt.encode()


@mutator(3)
def turned(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """As many numbers as there were, in another shape."""
    hurt = sound.copy()
    tensor = chance.choice([one for one in hurt.tensors if len(one.shape) > 1])
    first, second, *rest = tensor.shape
    tensor.shape = ((second, first, *rest), (first * second, 1, *rest), (first // 2, second * 2, *rest))[number]
    return hurt.encode()


@mutator(8)
def offset(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Into another tensor, out of the file, between two alignments."""
    hurt = sound.copy()
    tensor, other = chance.choice(hurt.tensors), chance.choice(hurt.tensors)
    inside = [other.offset, tensor.offset + 32, tensor.offset + 4, tensor.offset + 1]
    tensor.offset = [*inside, len(hurt.data), len(hurt.data) - 32, chance.choice(LARGE), 2**64 - 32][number]
    return hurt.encode()


@mutator(7)
def unknown_tensor_type(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    hurt = sound.copy()
    chance.choice(hurt.tensors).kind = _REMOVED_OR_UNKNOWN[number]
    return hurt.encode()


@mutator(8)
def other_tensor_type(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A type that exists, for numbers that are not of it: fewer bytes than there are, or more."""
    hurt = sound.copy()
    matrices = [one for one in hurt.tensors if len(one.shape) > 1 and one.shape[0] % 32 == 0]
    vectors = [one for one in hurt.tensors if len(one.shape) == 1]
    tensor = chance.choice(matrices if number % 2 or not vectors else vectors)
    tensor.kind = (_Q4_0, 1, _IQ1_S, _I8, _F64, 8, 14, 30)[number]
    return hurt.encode()


@mutator(8)
def tensor_missing(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    hurt = sound.copy()
    del hurt.tensors[number * len(hurt.tensors) // 8]
    return hurt.encode()


@mutator(4)
def tensor_name(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Twice the same, not UTF-8, empty, or another tensor's."""
    hurt = sound.copy()
    one, other = chance.sample(hurt.tensors, 2)
    if number == 3:
        one.name, other.name = other.name, one.name
    else:
        one.name = (other.name, b"\xff\xfe", b"")[number]
    return hurt.encode()


@mutator(2)
def tensor_added(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """One that the architecture does not have, or a block more than it says."""
    hurt = sound.copy()
    name = (b"never.heard.of", b"blk.99.attn_q.weight")[number]
    hurt.tensors.append(Tensor(name, (8,), 0, len(hurt.data)))
    hurt.data += bytes(32)
    return hurt.encode()


@mutator(6)
def bad_numbers(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Weights that are no numbers, or too large, or all zero: in one tensor, or in all of them."""
    hurt = sound.copy()
    if number >= 4:
        hurt.data = bytes(len(hurt.data)) if number == 4 else _BAD_NUMBERS[0] * (len(hurt.data) // 4)
        return hurt.encode()
    begin = chance.choice(hurt.tensors).offset
    length = min(1024, len(hurt.data) - begin)
    hurt.data = hurt.data[:begin] + _BAD_NUMBERS[number] * (length // 4) + hurt.data[begin + length // 4 * 4 :]
    return hurt.encode()
