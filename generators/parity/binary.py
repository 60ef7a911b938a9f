"""What the file of the pinned engine holds: texts that look like arguments or routes."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "xllamacpp"
_ARGUMENT = re.compile(rb"\0(--[a-z][a-z0-9.-]+)(?=\0)")
_ROUTE = re.compile(rb"\0((?:/v1)?/[a-z][a-z0-9-]{2,}(?:/:?[a-z0-9_-]+)*)(?=\0)")
_OF_SYSTEMS = re.compile(r"/(?:usr|opt|root|rust|rustc|workspace|etc|proc|sys|dev|tmp|lib)\b")


def engine_version() -> str:
    """The pinned version of the package."""
    return version(PACKAGE)


def arguments() -> frozenset[str]:
    """Everything that looks like a long argument."""
    return _found(_ARGUMENT)


def route_candidates() -> frozenset[str]:
    """Everything that looks like a path, with their ends: the linker keeps a text that ends another one only there."""
    return frozenset(end for text in _found(_ROUTE) if not _OF_SYSTEMS.match(text) for end in _ends(text))


def _ends(path: str) -> Iterator[str]:
    for index, letter in enumerate(path):
        if letter == "/":
            yield path[index:]


@cache
def _found(pattern: re.Pattern[bytes]) -> frozenset[str]:
    with _library().open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return frozenset(match[1].decode() for match in pattern.finditer(content))


def _library() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{PACKAGE} is not installed.")
    return max(Path(spec.origin).parent.glob(f"{PACKAGE}.*"), key=lambda path: path.stat().st_size)
