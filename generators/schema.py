"""The protocol as a JSON Schema, from the types: the source of what is made for other languages.

Beside what JSON Schema has, `x-ends-with` says at a request with which last messages it ends (beside `error`) and
`x-value` what the `value` of its `result` is; `x-ends-request` marks last messages and `x-failure` those that fail.
"""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Any, get_args

from msgspec import Struct, inspect, json

from llama_worker.messages import ENDS, Failure, Incoming, LastMessage, Outgoing

_REFERENCE = "#/$defs/{name}"


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    text = json.format(json.encode(schema(), order="deterministic"), indent=2).decode()
    return {"docs/protocol.schema.json": text + "\n"}


def schema() -> dict[str, Any]:
    """Both directions: `$defs` of all, `Incoming` and `Outgoing` as unions of references."""
    values = [end.value for end in ENDS.values()]
    kinds = (*get_args(Incoming), *get_args(Outgoing))
    references, components = json.schema_components((*kinds, *values), ref_template=_REFERENCE)
    by_kind = dict(zip(kinds, references, strict=False))
    _describe(components, (*kinds, *values))
    _mark(components, dict(zip(ENDS, references[len(kinds) :], strict=True)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "llama-worker protocol",
        "anyOf": [{"$ref": "#/$defs/Incoming"}, {"$ref": "#/$defs/Outgoing"}],
        "$defs": {
            "Incoming": {"anyOf": [by_kind[kind] for kind in get_args(Incoming)]},
            "Outgoing": {"anyOf": [by_kind[kind] for kind in get_args(Outgoing)]},
            **components,
        },
    }


def wire_type(kind: type[Struct]) -> str:
    """The `type` of a message."""
    return str(kind.__struct_config__.tag)


def prose(kind: type[Struct]) -> str:
    """The docstring, with the names that fields have on the wire."""
    on_wire = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    text = cleandoc(kind.__doc__ or "")
    return re.sub(r"`(\w+)`", lambda match: f"`{on_wire.get(match[1], match[1])}`", text)


def _describe(components: dict[str, Any], kinds: tuple[Any, ...]) -> None:
    """Words as the wire has them; and what is never left out of what a worker says is required."""
    for kind in _structs(kinds):
        found = components[kind.__name__]
        found["description"] = prose(kind)
        if not (kind.__struct_config__.forbid_unknown_fields or kind.__struct_config__.omit_defaults):
            found["required"] = list(found["properties"])


def _structs(kinds: tuple[Any, ...]) -> set[type[Struct]]:
    """All Structs within these types."""
    found = set[type[Struct]]()
    waiting: list[inspect.Type] = list(inspect.multi_type_info(kinds))
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, inspect.StructType):
            if kind.cls in found:
                continue
            found.add(kind.cls)
            waiting += [field.type for field in kind.fields]
        waiting += [
            getattr(kind, name) for name in ("type", "item_type", "key_type", "value_type") if hasattr(kind, name)
        ]
        waiting += [*getattr(kind, "types", ()), *getattr(kind, "item_types", ())]
    return found


def _mark(components: dict[str, Any], values: dict[type[Any], Any]) -> None:
    for kind, end in ENDS.items():
        components[kind.__name__]["x-ends-with"] = [wire_type(message) for message in end.messages]
        if end.value is not None:
            components[kind.__name__]["x-value"] = values[kind]
    for kind in get_args(Outgoing):
        if issubclass(kind, LastMessage):
            components[kind.__name__]["x-ends-request"] = True
        if issubclass(kind, Failure):
            components[kind.__name__]["x-failure"] = True
