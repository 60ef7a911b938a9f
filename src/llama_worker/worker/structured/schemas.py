"""From Python types to JSON schemas and back: msgspec's types, dataclasses, TypedDicts and pydantic models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...errors import InvalidOptionsError
from ...options.plain import check_texts
from .limits.references import recursive, references, referred

Schema = dict[str, Any]


def is_pydantic(kind: Any) -> bool:
    """Whether `kind` is a pydantic model; pydantic itself is never imported here."""
    return isinstance(kind, type) and hasattr(kind, "model_json_schema") and hasattr(kind, "model_validate_json")


def schema_of(kind: Any, path: str) -> Schema:
    """The JSON schema of a type. Raises `InvalidOptionsError` when it has none."""
    if is_pydantic(kind):
        return inline(kind.model_json_schema())
    try:
        return inline(msgspec.json.schema(kind, schema_hook=_schema_hook))
    except (TypeError, ValueError, NameError, RuntimeError) as error:
        raise InvalidOptionsError(f"There is no JSON schema for {kind!r}: {error}.", path=path) from error


def decode(kind: Any, text: str) -> Any:
    """JSON text as a value of `kind`. Raises ValueError."""
    try:
        check_texts(msgspec.json.decode(text), "it")
        if is_pydantic(kind):
            return kind.model_validate_json(text)
        return msgspec.json.decode(text, type=kind, dec_hook=_dec_hook)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def encode(value: Any) -> str:
    """A value as JSON text; what JSON does not know becomes its `str`."""
    return msgspec.json.encode(value, enc_hook=_enc_hook).decode()


def _schema_hook(kind: Any) -> Schema:
    if is_pydantic(kind):
        schema: Schema = inline(kind.model_json_schema())
        return schema
    raise NotImplementedError(f"{kind!r} is no type of msgspec's")


def _dec_hook(kind: Any, value: Any) -> Any:
    if is_pydantic(kind):
        return kind.model_validate(value)
    raise NotImplementedError(f"{kind!r} is no type of msgspec's")


def _enc_hook(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)


def inline(schema: Mapping[str, Any]) -> Schema:
    """Put definitions where they are referred to, so that the schema begins with what it describes.

    A definition that contains itself stays a reference, which llama.cpp resolves.
    """
    try:
        return _with_definitions_inside(schema)
    except RecursionError as error:
        message = "The schema's definitions refer to one another through too many steps."
        raise InvalidOptionsError(message, path="json_schema") from error


def _with_definitions_inside(schema: Mapping[str, Any]) -> Schema:
    given = schema.get("$defs")
    definitions = dict(given) if isinstance(given, Mapping) else {}
    body = {key: value for key, value in schema.items() if key != "$defs"}
    graph = {name: references(definition) & definitions.keys() for name, definition in definitions.items()}
    result = _inlined(body, {name: definitions[name] for name in graph.keys() - recursive(graph)})
    assert isinstance(result, dict)
    kept = _still_referred(result, definitions)
    return result | ({"$defs": kept} if kept else {})


def closed(node: Any) -> Any:
    """A schema whose objects have no properties but those it names, unless it says otherwise.

    That is how llama.cpp reads one for an answer to messages; for completions it uses another reader.
    """
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: value if key in _LITERAL else closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type", "object") == "object":
        result.setdefault("additionalProperties", False)
    return result


_LITERAL = frozenset({"enum", "const", "default", "examples"})


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    name = referred(node)
    if name is None or name not in definitions:
        return {key: _inlined(value, definitions) for key, value in node.items()}
    rest = {key: value for key, value in node.items() if key != "$ref"}
    target: dict[str, Any] = _inlined(definitions[name], definitions)
    return target | rest


def _still_referred(node: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    wanted, kept = references(node), dict[str, Any]()
    while wanted:
        name = wanted.pop()
        if name in definitions and name not in kept:
            kept[name] = definitions[name]
            wanted |= references(definitions[name])
    return kept
