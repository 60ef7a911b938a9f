"""How long a model stays after a request, as Ollama's clients say it: `keep_alive`."""

from __future__ import annotations

import math
import re

from ...options import ModelOptions
from ...worker.model import Model
from ..pool import ModelPool
from ..problems import Problem

KeepAlive = int | float | str
_PART = r"(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns)"
_DURATION = re.compile(rf"([+-]?)((?:{_PART})+)")
_PARTS = re.compile(r"([\d.]+)([a-zµ]+)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def seconds_of(value: KeepAlive) -> float:
    """`5m`, or a number of seconds; infinite for one below 0. Raises `Problem` for anything else."""
    if isinstance(value, str):
        match = _DURATION.fullmatch(value)
        if match is None:
            return _number(value)
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PARTS.findall(match[2]))
        return math.inf if match[1] == "-" and seconds else seconds
    try:
        seconds = float(value)
    except OverflowError:
        raise _wrong("a number of that size") from None
    if not math.isfinite(seconds):
        raise _wrong(value)
    return math.inf if seconds < 0 else seconds


def _number(text: str) -> float:
    """What some clients make of a number."""
    try:
        return seconds_of(float(text))
    except ValueError:
        raise _wrong(text) from None


def _wrong(value: object) -> Problem:
    message = f'keep_alive is a duration such as "5m", or a number of seconds, not {value!r}.'
    return Problem(400, message, code="invalid_value", param="keep_alive")


def keep_for(pool: ModelPool, model: Model, seconds: float) -> bool:
    """Keep a model so long after its last use from now on. False, and nothing is changed, for one that whoever runs the
    server has loaded to stay."""
    resident = pool.worker.residency.of(model.runtime)
    if resident is None or resident.keep:
        return False
    terms = ModelOptions(keep=False, keep_alive=seconds if 0 < seconds < math.inf else None)
    pool.worker.residency.keep_for(resident, terms)
    return True


async def end_unused(pool: ModelPool, model: Model) -> None:
    """End a model that was asked to go after its answer, unless somebody else uses it or it is to stay."""
    resident = pool.worker.residency.of(model.runtime)
    if resident and resident.evictable:
        await pool.worker.residency.end(resident, "ended: a request said so")
