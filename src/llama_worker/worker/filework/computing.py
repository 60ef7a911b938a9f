"""How much of the machine a task may take, as somebody asks for it."""

from __future__ import annotations

from ...errors import InvalidOptionsError
from .running import Politeness

_MOST_THREADS = 512


def checked_threads(threads: int | None) -> int | None:
    """Raises `InvalidOptionsError`."""
    if threads is not None and not (type(threads) is int and 1 <= threads <= _MOST_THREADS):
        raise InvalidOptionsError(f"threads must be 1 to {_MOST_THREADS}, not {threads!r}.", path="threads")
    return threads


def checked_politeness(politeness: Politeness) -> Politeness:
    """Raises `InvalidOptionsError`."""
    if politeness not in ("normal", "background"):
        raise InvalidOptionsError('politeness is "normal" or "background".', path="politeness")
    return politeness
