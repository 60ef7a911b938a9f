"""How large a schema is when what it refers to stands where it is referred to, which is how it is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Any

from msgspec import Struct

from .measure import TooMany

_DEFINITIONS = "#/$defs/"
_ROOT = "#"
_MOST_LOOKED_AT = 10
"""Times the most parts: references may lead to the same ones in other places."""
_BEGINNINGS = frozenset({"anyOf", "oneOf", "allOf"})
_ROOTS = frozenset({"schema", "parameters", "json_schema"})

Graph = Mapping[str, set[str]]


class _Part(Struct):
    """What a reference leads to, by itself: how many nodes and levels it has, each reference in it with its level, and
    those among them that a text of it may begin with."""

    nodes: int = 0
    levels: int = 0
    references: list[tuple[str, int]] = []
    beginnings: list[str] = []


def check_references(value: Any, most: int, deepest: int, most_beginnings: int) -> None:
    """Of all schemas in `value`, alone or within what tools and formats put around them. Raises `TooMany`."""
    for schema in _schemas(value):
        parts = _parts(schema, most)
        if len(parts) > 1:
            _check_sizes(parts, most, deepest)
            _check_beginnings(parts, most_beginnings)


def _check_sizes(parts: Mapping[str, _Part], most: int, deepest: int) -> None:
    """What contains itself stays a reference."""
    graph = {name: {other for other, _ in part.references} & parts.keys() for name, part in parts.items()}
    kept = recursive(graph)
    sizes: dict[str, tuple[int, int]] = {}
    for name in _sorted({name: others - kept for name, others in graph.items()}):
        nodes, levels = parts[name].nodes, parts[name].levels
        for other, level in parts[name].references:
            inside = sizes.get(other, (1, 1)) if other not in kept else (1, 1)
            nodes, levels = nodes + inside[0], max(levels, level + inside[1])
        sizes[name] = nodes, levels
        if nodes > most:
            raise TooMany("parts with its definitions in their places", nodes, most)
        if levels > deepest:
            raise TooMany("levels with its definitions in their places", levels, deepest)


def _check_beginnings(parts: Mapping[str, _Part], most: int) -> None:
    """On how many ways the engine comes to what an answer may begin with."""
    graph = {name: set(part.beginnings) & parts.keys() for name, part in parts.items()}
    kept = recursive(graph)
    ways: dict[str, int] = {}
    for name in _sorted({name: others - kept for name, others in graph.items()}):
        ways[name] = 1 + sum(ways.get(other, 1) for other in parts[name].beginnings if other not in kept)
        if ways[name] > most:
            raise TooMany("ways from definition to definition", ways[name], most)


def _schemas(value: Any) -> Iterator[Any]:
    """`value`, or each of a list, and whatever in it may be a schema by itself."""
    yield from value if isinstance(value, list) else [value]
    level = [value]
    while level:
        for node in level:
            yield from (node[key] for key in _ROOTS & node.keys()) if isinstance(node, dict) else ()
        level = [child for node in level for child in _children(node)]


def _parts(schema: Any, most: int) -> dict[str, _Part]:
    """By reference, all that a schema leads to; what leads nowhere is left out. Raises `TooMany`."""
    root = _part(schema)
    definitions = _definitions(schema) if root.references else {}
    parts, left = {_ROOT: root}, most * _MOST_LOOKED_AT
    todo = deque(name for name, _ in root.references)
    while todo:
        name = todo.popleft()
        target = None if name in parts else _target(name, schema, definitions)
        if target is None:
            continue
        parts[name] = _part(target)
        todo += [other for other, _ in parts[name].references]
        left -= parts[name].nodes
        if left < 0:
            raise TooMany("parts that its references lead to", most * _MOST_LOOKED_AT - left, most * _MOST_LOOKED_AT)
    return parts


def _definitions(schema: Any) -> dict[str, Any]:
    """Those that stand deeper in a schema are its own too."""
    found: dict[str, Any] = {}
    level = [schema]
    while level:
        for node in level:
            inside = node.get("$defs") if isinstance(node, dict) else None
            if isinstance(inside, dict):
                found = {str(name): value for name, value in inside.items()} | found
        level = [child for node in level for child in _children(node)]
    return found


def _target(reference: str, schema: Any, definitions: Mapping[str, Any]) -> Any:
    if reference.startswith(_DEFINITIONS) and (name := reference.removeprefix(_DEFINITIONS)) in definitions:
        return definitions[name]
    return target_of(reference, schema)


def target_of(reference: str, schema: Any) -> Any:
    """What a reference leads to within a schema, key by key as llama.cpp goes; None where it leads nowhere."""
    node = schema
    for key in reference.removeprefix("#").split("/")[1:]:
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            node = node.get(key) if isinstance(node, dict) else None
    return node


def _part(value: Any) -> _Part:
    """Definitions that stand in it are none of its own parts."""
    part = _Part()
    level: list[tuple[Any, bool]] = [(value, True)]
    while level:
        part.levels += 1
        part.nodes += len(level)
        following: list[tuple[Any, bool]] = []
        for node, begins in level:
            name = node.get("$ref") if isinstance(node, dict) else None
            if isinstance(name, str):
                part.references.append((name, part.levels))
                part.beginnings += [name] if begins else []
            following += _parts_of(node, begins)
        level = following
    return part


def _parts_of(node: Any, begins: bool) -> list[tuple[Any, bool]]:
    if isinstance(node, dict):
        return [(value, begins and key in _BEGINNINGS) for key, value in node.items() if key != "$defs"]
    return [(child, begins) for child in _children(node)]


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return list(node) if isinstance(node, list | tuple) else []


def references(node: Any) -> set[str]:
    """The names of the definitions that a node or something in it refers to."""
    return {name.removeprefix(_DEFINITIONS) for name, _ in _part(node).references if name.startswith(_DEFINITIONS)}


def referred(node: Mapping[str, Any]) -> str | None:
    """The name of the definition that a node is a reference to."""
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFINITIONS):
        return reference.removeprefix(_DEFINITIONS)
    return None


def recursive(graph: Graph) -> set[str]:
    """The names that lead back to themselves, and those between two such."""
    leading = _without_ends(graph)
    backwards: dict[str, set[str]] = {name: set() for name in leading}
    for name, others in leading.items():
        for other in others:
            backwards[other].add(name)
    return set(_without_ends(backwards))


def _without_ends(graph: Graph) -> dict[str, set[str]]:
    """What is left when whatever leads nowhere is taken away, again and again."""
    gone = set(_sorted(graph))
    return {name: others - gone for name, others in graph.items() if name not in gone}


def _sorted(graph: Graph) -> Iterator[str]:
    """Each name after those that it leads to; none that leads into a circle."""
    sorter = TopologicalSorter(graph)
    with suppress(CycleError):  # what is in no circle is sorted all the same
        sorter.prepare()
    while ready := sorter.get_ready():
        yield from ready
        sorter.done(*ready)
