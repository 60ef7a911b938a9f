"""What somebody meant who wrote a name that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CUTOFF = 0.75
# Whoever sends a name of megabytes is not helped, and must not cost anything.
_LONGEST = 100


def letters(name: str) -> str:
    """A name without what people get wrong first: case, hyphens, underscores, dots."""
    return re.sub(r"[\W_]+", "", name[:_LONGEST].casefold())


def nearest(given: str, names: Iterable[str]) -> str | None:
    """The name that is spelled almost as `given`, or None when none is."""
    from difflib import get_close_matches  # the engine process has no use for it

    by_letters = {letters(name): name for name in names}
    near = get_close_matches(letters(given), by_letters, n=1, cutoff=_CUTOFF)
    return by_letters[near[0]] if near else None


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """` (did you mean ...?)`, or nothing when no name is near."""
    near = nearest(given, names) if isinstance(given, str) else None
    return f" (did you mean `{near}`?)" if near else ""
