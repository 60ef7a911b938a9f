"""An MCP server's tools as function definitions: names that models write, and schemas that engines can take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs

from ...errors import InvalidOptionsError
from ...errors.general import printable
from ...options.plain import plain
from ..structured.limits import check_schema
from ..structured.wellformed import check_wellformed
from ..tools.functions import FunctionDefinition

if TYPE_CHECKING:
    from mcp.types import Tool

LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 4000
_DEEPEST = 4
_MOST_CHOICES = 100
_UNUSABLE = re.compile(r"[^A-Za-z0-9_.-]+")
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


def definition_of(tool: Tool, call: Call, *, needs_approval: bool) -> FunctionDefinition:
    """The function that calls a tool; it has the tool's own name, as far as models can write that."""

    async def handler(**arguments: Any) -> Any:
        return await call(tool.name, arguments)

    return FunctionDefinition(
        name=usable_name(tool.name),
        description=printable(tool.description or tool.title or "")[:_LONGEST_DESCRIPTION],
        params=fitting(tool.input_schema),
        handler=handler,
        needs_approval=needs_approval,
    )


def usable_name(name: str) -> str:
    usable = _UNUSABLE.sub("_", name)
    return (usable if re.match(r"[A-Za-z_]", usable) else f"_{usable}")[:LONGEST_NAME]


def fitting(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema, or where the engine could not hold a model to it, a looser one: the server checks the arguments, too.

    First without its patterns, references and limits, then without anything but that it is an object.
    """
    for made in (dict(schema), _loosened(schema, _DEEPEST)):
        if made.get("type") == "object" and _can_be_taken(made):
            return made
    return {"type": "object", "properties": {}, "additionalProperties": True}


def _can_be_taken(schema: dict[str, Any]) -> bool:
    try:
        check_schema([plain(schema, "params")], "params")
        check_wellformed(schema, "params")
    except InvalidOptionsError:
        return False
    return not _has_loose_pattern(schema)


def _has_loose_pattern(value: Any) -> bool:
    """Whether it says something that an engine refuses a whole request for: a pattern that is not anchored."""
    if isinstance(value, Mapping):
        pattern = value.get("pattern")
        if isinstance(pattern, str) and not (pattern.startswith("^") and pattern.endswith("$")):
            return True
        return any(_has_loose_pattern(item) for item in value.values())
    return isinstance(value, list | tuple) and any(_has_loose_pattern(item) for item in value)


def _loosened(schema: Any, depth: int) -> dict[str, Any]:
    """What it says with the most common keywords alone."""
    if not isinstance(schema, Mapping) or depth == 0:
        return {}
    loose = {key: schema[key] for key in ("type", "description") if isinstance(schema.get(key), str)}
    choices = schema.get("enum")
    if isinstance(choices, list) and len(choices) <= _MOST_CHOICES:
        loose["enum"] = choices
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        loose["properties"] = {str(name): _loosened(item, depth - 1) for name, item in properties.items()}
        required = schema.get("required")
        loose["required"] = [name for name in required if name in properties] if isinstance(required, list) else []
    if isinstance(schema.get("items"), Mapping):
        loose["items"] = _loosened(schema["items"], depth - 1)
    return loose


def apart(
    taken: Iterable[str], offered: Sequence[tuple[str, Sequence[FunctionDefinition]]]
) -> list[FunctionDefinition]:
    """All functions of sources, with names of their own: where two are called the same, or as one that is `taken`,
    each has its source's name before it, and a number where that is not enough."""
    own = set(taken)
    counts = Counter(own)
    for _, definitions in offered:
        counts.update(definition.name for definition in definitions)
    return [_named(definition, source, counts, own) for source, definitions in offered for definition in definitions]


def _named(definition: FunctionDefinition, source: str, counts: Counter[str], used: set[str]) -> FunctionDefinition:
    own = definition.name
    first = own if counts[own] == 1 else f"{usable_name(source)}_{own}"[:LONGEST_NAME]
    name, number = first, 1
    while name in used:
        number += 1
        name = f"{first[: LONGEST_NAME - 4]}_{number}"
    used.add(name)
    return structs.replace(definition, name=name, source=source)
