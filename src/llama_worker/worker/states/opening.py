"""From the options of a worker to the place where it keeps states."""

from __future__ import annotations

from pathlib import Path

from ...errors import InvalidOptionsError
from ...options import LlamaOptions
from ...options.plain import expanded
from .store import StateStore

NO_STATES = StateStore(None, 0)


def open_states(options: LlamaOptions, before: StateStore) -> StateStore:
    """The store that the options ask for, which is `before` when nothing has changed.

    Raises `InvalidOptionsError` for a directory that cannot be.
    """
    if options.state_cache is False:
        return NO_STATES
    chosen = None if options.state_cache is True else _made(options.state_cache)
    same = (before.chosen, before.limit) == (chosen, options.state_cache_bytes)
    return before if same and before.takes else StateStore(chosen, options.state_cache_bytes)


def _made(directory: str) -> Path:
    try:
        path = expanded(directory)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidOptionsError(
            f"{directory!r} cannot be the directory of states: {reason}; choose another one, or True for a "
            "private one.",
            path="state_cache",
        ) from error
    return path
