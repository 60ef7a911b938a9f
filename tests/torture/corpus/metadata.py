"""Damage to the metadata: counts, lengths, names, types and values of keys."""

from __future__ import annotations

import random
import struct

from tests.models import raw_gguf as raw

from .anatomy import SIZES, Anatomy, Key
from .mutators import LARGE, mutator

_OTHER_TYPES = (
    (raw.U32, struct.pack("<I", 7)),
    (raw.I32, struct.pack("<i", -1)),
    (raw.F32, struct.pack("<f", float("nan"))),
    (raw.BOOL, b"\1"),
    (raw.STRING, raw.text("llama")),
    (raw.U64, struct.pack("<Q", 2**64 - 1)),
    (raw.ARRAY, struct.pack("<IQ", raw.U32, 0)),
    (raw.ARRAY, struct.pack("<IQI", raw.U32, 1, 1)),
    (raw.ARRAY, struct.pack("<IQ", raw.STRING, 2) + raw.text("a") * 2),
)
_TEXTS = (b"\xff\xfe\xfd", b"a\0b", b"\xed\xa0\x80", b"", b"x" * (10 << 20), "\u202e\u0000\ufdfa".encode(), b"\xc3")


@mutator(8)
def counts(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """More tensors or keys than there are, fewer, or as many as no file can have."""
    which, true = ("keys", len(sound.keys)) if number % 2 else ("tensors", len(sound.tensors))
    return sound.encode(**{which: (true + 1, true - 1, 0, chance.choice(LARGE))[number // 2]})


@mutator(3)
def version(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    return sound.encode(version=(0, 1, 3 << 24)[number])


@mutator(8)
def lengths(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Of a text, an array or a name: larger than the file."""
    hurt = sound.copy()
    key = chance.choice([key for key in hurt.keys if key.kind in (raw.STRING, raw.ARRAY)])
    length = struct.pack("<Q", chance.choice([*LARGE, len(key.payload) + 1, 1 << 20]))
    place = 4 if key.kind == raw.ARRAY else 0
    key.payload = key.payload[:place] + length + key.payload[place + 8 :]
    if number < 6:
        return hurt.encode()
    content, at = bytearray(sound.encode()), sound.boundaries()[4 + chance.randrange(len(sound.keys + sound.tensors))]
    content[at : at + 8] = length
    return bytes(content)


@mutator(14)
def key_missing(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    hurt = sound.copy()
    del hurt.keys[number * len(hurt.keys) // 14]
    return hurt.encode()


@mutator(2)
def key_doubled(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    hurt = sound.copy()
    hurt.keys.insert(chance.randrange(len(hurt.keys)), chance.choice(hurt.keys))
    return hurt.encode()


@mutator(14)
def other_type(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A key's value is of a type that nobody expects there."""
    hurt = sound.copy()
    key = hurt.keys[number * len(hurt.keys) // 14]
    key.kind, key.payload = chance.choice([other for other in _OTHER_TYPES if other[0] != key.kind])
    return hurt.encode()


@mutator(3)
def unknown_type(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    hurt = sound.copy()
    chance.choice(hurt.keys).kind = (13, 255, 2**32 - 1)[number]
    return hurt.encode()


@mutator(3)
def nested_array(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Arrays in arrays, up to ten thousand deep."""
    hurt = sound.copy()
    depth = (1, 100, 10_000)[number]
    payload = struct.pack("<IQ", raw.ARRAY, 1) * depth + struct.pack("<IQB", 0, 1, 1)
    hurt.keys.insert(chance.randrange(len(hurt.keys)), Key(b"nested", raw.ARRAY, payload))
    return hurt.encode()


@mutator(7)
def strange_text(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Not UTF-8, with a zero in it, empty, or of ten megabytes; as a value and as the name of a key."""
    hurt = sound.copy()
    key = chance.choice([key for key in hurt.keys if key.kind == raw.STRING])
    key.payload = raw.text(_TEXTS[number])
    if number < 3:
        chance.choice(hurt.keys).name = _TEXTS[number]
    return hurt.encode()


@mutator(26)
def hyperparameter(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Another number in one of the model's own keys."""
    hurt = sound.copy()
    architecture = hurt.keys[0].payload[8:] + b"."
    own = [key for key in hurt.keys if key.name.startswith(architecture) and key.kind in SIZES]
    key = own[number % len(own)]
    key.payload = _another_number(key, chance)
    return hurt.encode()


def _another_number(key: Key, chance: random.Random) -> bytes:
    if key.kind == raw.F32:
        return struct.pack("<f", chance.choice([float("nan"), float("inf"), -1.0, 0.0, 1e30, 1e-40]))
    if SIZES[key.kind] != 4:
        return chance.randbytes(SIZES[key.kind])
    (true,) = struct.unpack("<I", key.payload)
    return struct.pack("<I", chance.choice([0, 1, 3, true + 1, max(true - 1, 0), true * 2, 2**16, *LARGE[:3]]))


_ADDED: tuple[tuple[str, int, bytes], ...] = (
    *(("expert_count", raw.U32, struct.pack("<I", count)) for count in (1, 8, 2**31)),
    ("expert_used_count", raw.U32, struct.pack("<I", 8)),
    ("rope.scaling.type", raw.STRING, raw.text("yarn")),
    ("rope.scaling.factor", raw.F32, struct.pack("<f", float("nan"))),
    ("rope.freq_base", raw.F32, struct.pack("<f", 0.0)),
    ("attention.sliding_window", raw.U32, struct.pack("<I", 2**32 - 1)),
    ("attention.key_length", raw.U32, struct.pack("<I", 3)),
    ("attention.head_count_kv", raw.ARRAY, struct.pack("<IQ3I", raw.U32, 3, 1, 2, 0)),
    ("pooling_type", raw.U32, struct.pack("<I", 77)),
    ("attention.causal", raw.BOOL, b"\0"),
    ("logit_scale", raw.F32, struct.pack("<f", float("inf"))),
    ("attention.scale", raw.F32, struct.pack("<f", float("nan"))),
)


@mutator(len(_ADDED))
def added_hyperparameter(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A key that the architecture knows but this model does not need, or an array where it has a number."""
    hurt = sound.copy()
    name, kind, payload = _ADDED[number]
    whole = hurt.keys[0].payload[8:] + b"." + name.encode()
    hurt.keys = [*(key for key in hurt.keys if key.name != whole), Key(whole, kind, payload)]
    return hurt.encode()


@mutator(2)
def strange_architecture(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """One that nobody knows, or another one's name."""
    hurt = sound.copy()
    hurt.keys[0].payload = raw.text(("never-heard-of", "mamba")[number])
    return hurt.encode()
