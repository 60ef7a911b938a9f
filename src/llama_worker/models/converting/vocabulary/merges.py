"""The merges of a BPE tokenizer, in the order in which it makes them."""

from __future__ import annotations

from typing import Any

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository

_SPACE = chr(ord(" ") + 256)
"""A space within a token, as GPT-2 writes bytes that would be invisible."""


def merge_list(repository: Repository, tokenizer: dict[str, Any]) -> list[str]:
    """Each merge as two texts with a space between. Raises `InvalidModelError` for merges in no known form."""
    merges = (tokenizer.get("model") or {}).get("merges") or _of_text(repository)
    if all(isinstance(merge, str) for merge in merges):
        return list(merges)
    if all(isinstance(merge, list) and len(merge) == 2 for merge in merges):
        return [" ".join(str(part).replace(" ", _SPACE) for part in merge) for merge in merges]
    raise InvalidModelError(f"tokenizer.json of {repository.name} has its merges in a form that nobody knows.")


def _of_text(repository: Repository) -> list[str]:
    """What merges.txt has: a line each, below a first one that tells the version."""
    path = repository.folder / "merges.txt"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    first = 1 if lines and lines[0].startswith("#") else 0
    pairs = (line.split() for line in lines[first:])
    return [" ".join(pair) for pair in pairs if len(pair) == 2]
