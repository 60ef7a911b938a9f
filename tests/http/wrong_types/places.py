"""The places of a request, and what may not stand in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

EACH: dict[str, tuple[Any, str]] = {
    "boolean": (True, "boolean"),
    "integer": (7, "integer"),
    "number": (0.5, "number"),
    "text": ("text", "text"),
    "empty list": ([], "list"),
    "object": ({}, "object"),
    "list of numbers": ([7], "list"),
    "list of objects": ([{}], "list"),
    "list of lists": ([[[]]], "list"),
    "other object": ({"a": {"b": 1}}, "object"),
}
"""Values by their names, and the type of each. Null is none: it means not given."""
_KINDS: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "text", list: "list", dict: "object"}
_WIDER = {"number": {"integer"}}


class Mutant(NamedTuple):
    """A body with another value in one of its places."""

    path: str
    name: str
    body: dict[str, Any]


def mutants(body: dict[str, Any], also: Mapping[str, set[str]]) -> Iterator[Mutant]:
    """Each value replaced by one of each type that it may not be of: of another than it is of here, but for what `also`
    tells by patterns of paths, as types or names of values, and by "anything" for what may be all."""
    for path, keys, value in _places(body, "", ()):
        kind = _KINDS[type(value)]
        allowed = {kind} | _WIDER.get(kind, set())
        for pattern, more in also.items():
            if re.fullmatch(pattern, path):
                allowed |= more
        for name, (other, its_kind) in EACH.items():
            if not allowed & {name, its_kind, "anything"}:
                yield Mutant(path, name, _with(body, keys, deepcopy(other)))


def _places(value: Any, path: str, keys: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        items = [(f"{path}.{key}" if path else key, key, item) for key, item in value.items()]
    else:
        items = [(f"{path}[{at}]", at, item) for at, item in enumerate(value)]
    for where, key, item in items:
        yield where, (*keys, key), item
        if isinstance(item, dict | list):
            yield from _places(item, where, (*keys, key))


def _with(body: dict[str, Any], keys: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy of what lies on the way there, and the same objects elsewhere."""
    changed = dict(body)
    place: Any = changed
    for key in keys[:-1]:
        place[key] = dict(place[key]) if isinstance(place[key], dict) else list(place[key])
        place = place[key]
    place[keys[-1]] = value
    return changed
