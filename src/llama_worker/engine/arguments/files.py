"""Which files an engine must be able to read because its arguments name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path


def files_named(words: Sequence[str]) -> tuple[str, ...]:
    """Whatever of the words is the path of a file that exists: a whole word, a part of it between commas, or of that
    what is before a colon (`FILE:SCALE`)."""
    return tuple(dict.fromkeys(str(Path(part).absolute()) for word in words for part in _parts(word) if _is_file(part)))


def _parts(word: str) -> Iterator[str]:
    for part in (word, *word.split(",")):
        yield part
        yield part.rpartition(":")[0]


def _is_file(part: str) -> bool:
    try:
        return bool(part) and Path(part).is_file()
    except OSError:  # a name that is too long
        return False
