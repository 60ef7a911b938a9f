"""Whether what is given as a JSON schema is one: the engine says no more than that it cannot read it, and of some
keywords it takes what they cannot mean for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...errors import InvalidOptionsError
from .limits.references import target_of

_TYPES = frozenset({"string", "number", "integer", "boolean", "null", "array", "object"})
_SHOWN = 60
# Above this not every whole number is a float of its own.
_MOST = 2**53
_ANSWERED = frozenset({"properties", "items", "prefixItems", "anyOf", "oneOf", "allOf"})
"""Where a schema that allows nothing could not be answered."""


def check_wellformed(schema: Any, path: str) -> None:
    """Raises `InvalidOptionsError`, which names the place, for the first keyword whose value cannot be one, and for a
    reference that leads nowhere.

    Call it for what `check_schema` has let through, which is not too deep.
    """
    _check(schema, path, schema)


def _check(schema: Any, path: str, root: Any) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise _refused(path, schema, "a schema is an object, true or false")
    for name, (is_right, needed) in _KEYWORDS.items():
        if schema.get(name) is not None and not is_right(schema[name]):
            raise _refused(f"{path}.{name}", schema[name], needed)
    _check_lengths(schema, path)
    if schema.get("$ref") is not None:
        _check_reference(schema["$ref"], f"{path}.$ref", root)
    for place, inner in _inside(schema):
        if inner is False and place.partition("[")[0].partition(".")[0] in _ANSWERED:
            raise _refused(f"{path}.{place}", inner, "nothing could be written there")
        _check(inner, f"{path}.{place}", root)


def _check_lengths(schema: Mapping[str, Any], path: str) -> None:
    for least, most in (("minLength", "maxLength"), ("minItems", "maxItems")):
        if (schema.get(least) or 0) > _or_any(schema.get(most)):
            raise _refused(f"{path}.{least}", schema[least], f"{most} is {schema[most]}")


def _or_any(most: float | None) -> float:
    return _MOST if most is None else most


def _check_reference(reference: str, path: str, root: Any) -> None:
    """A chain of references must end in what is none."""
    seen = [reference]
    while True:
        target = target_of(reference, root) if reference.startswith("#/") else None
        if not isinstance(target, Mapping | bool):
            raise _refused(path, seen[0], "it leads nowhere in this schema; #/$defs/NAME leads to a definition")
        if isinstance(target, bool) or not isinstance(following := target.get("$ref"), str):
            return
        if following in seen:
            raise _refused(path, seen[0], "it leads back to itself")
        seen.append(reference := following)


def check_request(fields: Mapping[str, Any], path: str | None = None) -> None:
    """The same of the schemas in a request to the engine, by its names; `path` is where they come from."""
    for place, schema in _schemas_of(fields):
        check_wellformed(schema, path or place)


def _schemas_of(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if fields.get("json_schema") is not None:
        yield "json_schema", fields["json_schema"]
    wanted = fields.get("response_format")
    for holder, place in ((wanted, "schema"), (_in(wanted, "json_schema"), "json_schema.schema")):
        if (schema := _in(holder, "schema")) is not None:
            yield f"response_format.{place}", schema
    if (schema := _in(_in(fields.get("text"), "format"), "schema")) is not None:
        yield "text.format.schema", schema
    tools = fields.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else ()):
        for holder, place in ((_in(tool, "function"), "function.parameters"), (tool, "parameters")):
            if (schema := _in(holder, "parameters")) is not None:
                yield f"tools[{index}].{place}", schema


def _in(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _refused(place: str, value: Any, needed: str) -> InvalidOptionsError:
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
    return InvalidOptionsError(f"{place} cannot be {shown}: {needed}.", path=place)


def _inside(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("properties", "patternProperties", "$defs", "definitions"):
        for key, inner in (schema.get(name) or {}).items():
            yield f"{name}.{key}", inner
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for index, inner in enumerate(schema.get(name) or ()):
            yield f"{name}[{index}]", inner
    for name in ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"):
        inner = schema.get(name)
        if isinstance(inner, list):
            yield from ((f"{name}[{index}]", one) for index, one in enumerate(inner))
        elif inner is not None:
            yield name, inner


def _is_type(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name in _TYPES for name in names)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_filled(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _is_names(value: Any) -> bool:
    return _is_list(value) and all(isinstance(name, str) for name in value)


def _is_count(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= _MOST and value == int(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_bound(value: Any) -> bool:
    """Or a boolean, as drafts before the sixth had them."""
    return isinstance(value, int | float)


_Rule = tuple[Callable[[Any], bool], str]
_COUNT: _Rule = (_is_count, "it is how many, a whole number from 0")
_NUMBER: _Rule = (_is_number, "it is a number")
_BOUND: _Rule = (_is_bound, "it is a number")
_OBJECT: _Rule = (_is_object, "it is an object of schemas")
_LIST: _Rule = (_is_list, "it is a list of schemas")
_SOME: _Rule = (_is_filled, "it is a list of schemas, and not an empty one")
_TEXT: _Rule = (_is_text, "it is a text")
_KEYWORDS: dict[str, _Rule] = {
    "type": (_is_type, f"types are {', '.join(sorted(_TYPES))}, or a list of some"),
    "enum": (_is_filled, "it is a list of the values that there may be"),
    "required": (_is_names, "it is a list of names"),
    "pattern": _TEXT,
    "format": _TEXT,
    "$ref": _TEXT,
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), _OBJECT),
    "prefixItems": _LIST,
    **dict.fromkeys(("anyOf", "oneOf", "allOf"), _SOME),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _COUNT),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _BOUND),
}
