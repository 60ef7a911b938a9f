"""Hostile messages for a port: every request well-typed at the ends of its ranges, spoiled, and as damaged bytes."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import inspect

from llama_worker.messages.requests import REQUESTS

from ..corpus.recipes import Recipe
from .typed import spoiled, well_typed

TIMES = 6
KINDS = ("at the ends", "beyond", "damaged")
LONG_RUNNING = {"max_tokens": 64}


def port_recipes(seed: int) -> list[Recipe]:
    """Each is a file with one line."""
    return [
        Recipe(f"any/port {kind}/{_tag(one)} {number}", partial(_line, one, f"{seed} {number}", kind), door="port")
        for kind in KINDS
        for one in REQUESTS
        for number in range(TIMES)
    ]


def _tag(kind: type) -> str:
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def _line(kind: type, seed: str, how: str, folder: Path) -> Path:
    chance = random.Random(f"{_tag(kind)} {how} {seed}")
    message = _bounded(well_typed(inspect.type_info(kind), chance))
    if how == "beyond":
        message = spoiled(message, chance)
    line = json.dumps(message).encode()
    if how == "damaged":
        line = _damaged(line, chance)
    (folder / "line").write_bytes(line.replace(b"\n", b" "))
    return folder / "line"


def _bounded(message: dict[str, Any]) -> dict[str, Any]:
    """What a machine can do in a test's time, and what does no harm outside of it."""
    message["id"] = "hostile"
    options = message.get("options")
    if isinstance(options, dict):
        for name, most in (("maxTokens", 64), ("threads", 8), ("numThreads", 8), ("maxFunctionRounds", 3)):
            if isinstance(options.get(name), int):
                options[name] = min(options[name], most)
        options.pop("engine", None)  # a command
        for name in ("loadStallTimeout", "responseStallTimeout", "abortStallTimeout", "memoryBudget"):
            options.pop(name, None)  # they outlast the request, and no model loads in no time or nowhere
    return message


def _damaged(line: bytes, chance: random.Random) -> bytes:
    data = bytearray(line)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        pieces = [
            b"",
            b'"',
            b"{",
            b"]",
            b",",
            b"\\",
            b"1e999",
            b"null",
            b'"\\ud800"',
            b"[" * 200,
            bytes([chance.randrange(256)]),
        ]
        data[at : at + chance.randrange(6)] = chance.choice(pieces)
    return bytes(data)
