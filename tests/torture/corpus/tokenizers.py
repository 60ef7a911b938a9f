"""Tokenizers that contradict themselves, or the model they belong to."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from tests.models import raw_gguf as raw

from .anatomy import Anatomy, Key
from .mutators import mutator

_IDS = ("bos_token_id", "eos_token_id", "eot_token_id", "padding_token_id", "unknown_token_id", "fim_pre_token_id")


def _texts(values: list[bytes]) -> bytes:
    return struct.pack("<IQ", raw.STRING, len(values)) + b"".join(raw.text(value) for value in values)


def _read_texts(key: Key) -> list[bytes]:
    values, at = [], 12
    while at < len(key.payload):
        (length,) = struct.unpack_from("<Q", key.payload, at)
        values.append(key.payload[at + 8 : at + 8 + length])
        at += 8 + length
    return values


def _put(file: Anatomy, name: str, kind: int, payload: bytes) -> None:
    whole = f"tokenizer.ggml.{name}".encode()
    file.keys = [*(key for key in file.keys if key.name != whole), Key(whole, kind, payload)]


@mutator(10)
def token_id(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """A special token beyond the vocabulary, or a negative one."""
    hurt = sound.copy()
    value = chance.choice([2**31 - 1, 2**31, 2**32 - 1, 1_000_000])
    _put(hurt, _IDS[number % len(_IDS)], raw.U32, struct.pack("<I", value))
    return hurt.encode()


@mutator(8)
def tokens(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """All the same, all empty, fewer or more than there are embeddings, not UTF-8, very long."""
    hurt = sound.copy()
    key = hurt.key(".tokens")
    if key is None:
        return hurt.encode()
    texts = _read_texts(key)
    change: list[Callable[[], list[bytes]]] = [
        lambda: [b"a"] * len(texts),
        lambda: [b""] * len(texts),
        lambda: texts[: len(texts) // 2],
        lambda: texts * 3,
        lambda: [b"\xff" + text for text in texts],
        lambda: [b"x" * 100_000, *texts[1:]],
        lambda: [],
        lambda: chance.sample(texts, len(texts)),
    ]
    _put(hurt, "tokens", raw.ARRAY, _texts(change[number]()))
    return hurt.encode()


_MERGES = (
    [b"never heard"],
    [b"a"],
    [b""],
    [b" "] * 10,
    [b"a b c"],
    [b"\xff \xfe"],
    [b"t h"] * 1000,
    [b"a" * 100_000 + b" b"],
)


@mutator(len(_MERGES))
def merges(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Of tokens that do not exist, of one part or three, empty ones, the same many times."""
    hurt = sound.copy()
    _put(hurt, "merges", raw.ARRAY, _texts(_MERGES[number]))
    return hurt.encode()


@mutator(8)
def scores_and_types(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Of another length than the tokens, of another type, or with values that mean nothing."""
    hurt = sound.copy()
    count = len(_read_texts(key)) if (key := hurt.key(".tokens")) else 8
    f32, i32 = struct.pack("<IQ", raw.F32, count), struct.pack("<IQ", raw.I32, count)
    name, payload = (
        ("token_type", struct.pack("<IQi", raw.I32, 1, 1)),
        ("token_type", struct.pack("<IQ", raw.I32, 0)),
        ("token_type", i32 + struct.pack("<i", 99) * count),
        ("token_type", i32 + struct.pack("<i", 3) * count),
        ("token_type", f32 + struct.pack("<f", float("nan")) * count),
        ("scores", struct.pack("<IQf", raw.F32, 1, 1.0)),
        ("scores", f32 + struct.pack("<f", float("nan")) * count),
        ("scores", i32 + struct.pack("<i", -1) * count),
    )[number]
    _put(hurt, name, raw.ARRAY, payload)
    return hurt.encode()


_MODELS = ("llama", "bert", "t5", "rwkv", "plamo2", "gpt2", "none", "no_vocab", "\ud7ff", "")


@mutator(len(_MODELS))
def tokenizer_model(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """Another way of tokenizing than the tokens are made for."""
    hurt = sound.copy()
    _put(hurt, "model", raw.STRING, raw.text(_MODELS[number]))
    return hurt.encode()


@mutator(3)
def pre_tokenizer(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    hurt = sound.copy()
    _put(hurt, "pre", raw.STRING, raw.text(("never-heard-of", "", "x" * 100_000)[number]))
    return hurt.encode()


@mutator(2)
def precompiled_map(sound: Anatomy, chance: random.Random, number: int) -> bytes:
    """The table of the Unigram tokenizers, which is a program of offsets."""
    hurt = sound.copy()
    _put(hurt, "model", raw.STRING, raw.text("t5"))
    table = chance.randbytes(64) if number else struct.pack("<I", 2**32 - 1) + bytes(60)
    _put(hurt, "precompiled_charsmap", raw.ARRAY, struct.pack("<IQ", 0, len(table)) + table)
    return hurt.encode()
