"""Hostile session files: a saved conversation, with and without the engine's state, damaged like a model file."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ..corpus.recipes import Recipe

TIMES = 12
_DIGEST = 64
_HISTORIES: tuple[Any, ...] = (
    None,
    [],
    "text",
    [{"role": "nobody", "content": "a"}],
    [{"role": "user", "content": 5}],
    [{"role": "user", "content": "\0\ud7ff" * 1000}],
    [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}],
    [{"role": "tool", "tool_call_id": "never", "content": "a"}],
    [{"role": "user", "content": "a"}] * 20_000,
    [{"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "x", "arguments": "{"}}]}],
    [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}],
)
_FIELDS: tuple[dict[str, Any], ...] = (
    {"stateBytes": 2**63 - 1},
    {"stateBytes": -1},
    {"stateBytes": 10**30},
    {"covered": 10**9},
    {"covered": -5},
    {"instead": [{"role": "user"}]},
    {"options": {"overflow": "never"}},
    {"options": {"overflowReserve": 1e308}},
    {"model": {}},
    {"neverHeardOf": 1},
)


def session_recipes(saved: dict[str, Path], seed: int) -> list[Recipe]:
    """`saved` are sound session files by what tells them apart."""
    found = []
    for name, path in saved.items():
        for kind, times, damage in _DAMAGES:
            for number in range(times):
                make = partial(_made, path, damage, f"{name} {kind} {number} {seed}", number)
                found.append(Recipe(f"any/session {kind}/{name} {number}", make, door="session"))
    return found


Damage = Callable[[bytes, random.Random, int], bytes]


def _made(path: Path, damage: Damage, seed: str, number: int, folder: Path) -> Path:
    (folder / "session").write_bytes(damage(path.read_bytes(), random.Random(seed), number))
    return folder / "session"


def _cut(content: bytes, chance: random.Random, number: int) -> bytes:
    record = content.index(b"\n", content.index(b"\n") + 1)
    places = [0, 1, 22, record, record + 1, len(content) - _DIGEST, len(content) - 1]
    return content[: places[number] if number < len(places) else chance.randrange(len(content))]


def _flipped(content: bytes, chance: random.Random, number: int) -> bytes:
    changed = bytearray(content)
    for _ in range(number + 1):
        changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _flipped_and_signed(content: bytes, chance: random.Random, number: int) -> bytes:
    """With a checksum that fits: somebody meant it."""
    return _signed(_flipped(content[:-_DIGEST], chance, number))


def _state_flipped(content: bytes, chance: random.Random, number: int) -> bytes:
    """The engine's own bytes, which only the engine can judge."""
    begin = content.index(b"\n", content.index(b"\n") + 1) + 1
    state = content[begin:-_DIGEST]
    if not state:
        return _flipped_and_signed(content, chance, number)
    changed = bytearray(state)
    for _ in range(4 ** min(number, 6)):
        changed[chance.randrange(min(len(state), 64 if number % 2 else len(state)))] = chance.randrange(256)
    return _signed(content[:begin] + bytes(changed))


def _other_fields(content: bytes, chance: random.Random, number: int) -> bytes:
    first, _, rest = content[:-_DIGEST].partition(b"\n")
    line, _, state = rest.partition(b"\n")
    record = json.loads(line)
    changes = [*_FIELDS, *({"history": history} for history in _HISTORIES)]
    return _signed(b"\n".join([first, json.dumps(record | changes[number]).encode(), state]))


def _signed(content: bytes) -> bytes:
    return content + hashlib.sha256(content).hexdigest().encode()


_DAMAGES: tuple[tuple[str, int, Damage], ...] = (
    ("cut off", TIMES, _cut),
    ("flipped", TIMES, _flipped),
    ("flipped and signed", TIMES, _flipped_and_signed),
    ("state flipped", TIMES, _state_flipped),
    ("other fields", len(_FIELDS) + len(_HISTORIES), _other_fields),
)
