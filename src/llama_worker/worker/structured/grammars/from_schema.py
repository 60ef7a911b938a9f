"""JSON schemas as GBNF, which every vocabulary takes.

llama.cpp hands schemas to a library that fails on some vocabularies and is not enforced on others. The text has the
blanks that `json.dumps` writes and no others, so that a weak model cannot go on with white space for ever.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from .integers import integers
from .prefix import literal

_REPEATED = 1000
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$defs", "$schema", "$id"}
)
_KNOWN = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems"}),
    "string": frozenset({"minLength", "maxLength", "format"}),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "number": frozenset(),
    "boolean": frozenset(),
    "null": frozenset(),
}
_CHARACTER = r"""([^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u00" [0-1] [0-9a-f]))"""
_DAYS = '("0" [1-9] | [12] [0-9])'
_MONTHS = (
    f'(("0" [13578] | "10" | "12") "-" ({_DAYS} | "30" | "31") | ("0" [469] | "11") "-" ({_DAYS} | "30")'
    ' | "02-" ("0" [1-9] | "1" [0-9] | "2" [0-8]))'
)
_DATE = f'[0-9]{{3}} [1-9] "-" {_MONTHS}'
_ZONE = '("Z" | [+-] ("0" [0-9] | "1" [0-4]) ":" ("00" | "30" | "45"))'
_TIME = f'([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{{1,6}})? {_ZONE}'
_FORMATS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f'{_DATE} "T" {_TIME}',
    "uuid": "[0-9a-f]{8}" + ' "-" [0-9a-f]{4}' * 3 + ' "-" [0-9a-f]{12}',
}
_BASIC = {
    "string": rf'"\"" {_CHARACTER}* "\""',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,15})',
    "number": '"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [+-]? [0-9]{1,2})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": '"{" (string ": " value (", " string ": " value)*)? "}"',
    "array": '"[" (value (", " value)*)? "]"',
}


class NotConvertible(Exception):
    """The schema says something that this converter has no grammar for; the engine's own reader may."""


# A schema that is none, such as one whose properties are a number, is the engine's to refuse.
NOT_CONVERTIBLE = (NotConvertible, AttributeError, KeyError, TypeError, ValueError)


def grammar_from_schema(schema: Mapping[str, Any]) -> str:
    """GBNF for the JSON texts of a schema. Raises `NotConvertible`."""
    return "\n".join([*Converter(schema.get("$defs", {})).rules(schema), ""])


class Converter:
    """Collects the rules of one grammar; `definitions` are what references name.

    `loosely` leaves out what there is no grammar for, each where it stands, and refuses nothing: for what is looked at
    once more when it is written.
    """

    def __init__(self, definitions: Mapping[str, Any], *, loosely: bool = False) -> None:
        self._definitions = definitions
        self._loosely = loosely
        self._rules: dict[str, str] = {}

    def rules(self, schema: Any) -> list[str]:
        """The whole grammar, line by line."""
        root = self.expression(schema)
        return [f"root ::= {root}", *(f"{name} ::= {body}" for name, body in (self._rules | _BASIC).items())]

    def expression(self, schema: Any) -> str:
        """What stands for a value of `schema` in a rule."""
        try:
            return self._exact(schema)
        except NOT_CONVERTIBLE:
            if not self._loosely:
                raise
            return self._loose(schema)

    def _loose(self, schema: Any) -> str:
        """Without the words that are not known here; then any value of its type."""
        kind = schema.get("type") if isinstance(schema, Mapping) else None
        if kind not in _KNOWN:
            return "value"
        known = {key: value for key, value in schema.items() if key == "type" or key in _KNOWN[kind]}
        try:
            return self._typed(known)
        except NOT_CONVERTIBLE:
            return str(kind)

    def _exact(self, schema: Any) -> str:
        if schema is True or schema == {}:
            return "value"
        if not isinstance(schema, Mapping):
            raise NotConvertible("a schema that nothing fits")
        said = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
        if "$ref" in said:
            return self._reference(said)
        if "enum" in said or "const" in said:
            return _choice(literal(json.dumps(value, ensure_ascii=False)) for value in _values(said))
        for key in ("anyOf", "oneOf"):
            if key in said:
                _only(said, {key})
                return _choice(self.expression(one) for one in said[key])
        return self._typed(said)

    def _reference(self, said: Mapping[str, Any]) -> str:
        _only(said, {"$ref"})
        name = str(said["$ref"]).removeprefix("#/$defs/")
        if name not in self._definitions:
            raise NotConvertible("a reference to elsewhere")
        rule = f"definition-{list(self._definitions).index(name)}"
        if rule not in self._rules:
            self._rules[rule] = ""
            self._rules[rule] = self.expression(self._definitions[name])
        return rule

    def _typed(self, said: Mapping[str, Any]) -> str:
        kinds = said.get("type", "object" if "properties" in said else None)
        if isinstance(kinds, list):
            kept = [{key: said[key] for key in said if key in _KNOWN.get(kind, ())} for kind in kinds]
            _only(said, {"type"}.union(*kept))
            return _choice(self._typed({"type": kind, **one}) for kind, one in zip(kinds, kept, strict=True))
        if kinds not in _KNOWN:
            raise NotConvertible("a value without a type")
        _only(said, {"type", *_KNOWN[kinds]})
        makers = {"object": self._object, "array": self._array, "string": _string, "integer": _integer}
        return makers[kinds](said) if kinds in makers else str(kinds)

    def _object(self, said: Mapping[str, Any]) -> str:
        properties, more = said.get("properties", {}), said.get("additionalProperties", "properties" not in said)
        required = set(said.get("required", ()))
        if required - properties.keys():
            raise NotConvertible("a required property without a schema")
        others = f"string {literal(': ')} {self.expression(more)}" if more is not False else ""
        members = [
            (f"{literal(json.dumps(name, ensure_ascii=False) + ': ')} {self.expression(value)}", name in required)
            for name, value in properties.items()
        ]
        return f"{literal('{')} {self._members(members, others)} {literal('}')}"

    def _members(self, members: list[tuple[str, bool]], others: str) -> str:
        """A rule for what can follow each member, when something stands before it and when nothing does."""
        follow = {True: f"({others} ({literal(', ')} {others})*)?", False: f"({literal(', ')} {others})*"}
        tails = follow if others else {True: '""', False: '""'}
        for member, required in reversed(members):
            after = tails[False]
            here = {True: f"{member} {after}", False: f"{literal(', ')} {member} {after}"}
            tails = {
                first: self._rule(here[first] if required else f"{here[first]} | {tails[first]}")
                for first in (True, False)
            }
        return tails[True]

    def _array(self, said: Mapping[str, Any]) -> str:
        first = [self.expression(one) for one in said.get("prefixItems", ())]
        least, most = said.get("minItems", 0), said.get("maxItems")
        items = said.get("items", True)
        if first:
            if least < len(first) or (items is not False and most != len(first)):
                raise NotConvertible("an array of which only the beginning is given")
            between = f" {literal(', ')} "
            return f"{literal('[')} {between.join(first)} {literal(']')}"
        return f"{literal('[')} {_list(self._rule(self.expression(items)), least, most)} {literal(']')}"

    def _rule(self, body: str) -> str:
        name = f"part-{len(self._rules)}"
        self._rules[name] = body
        return name


def _only(said: Mapping[str, Any], known: Iterable[str]) -> None:
    if unknown := said.keys() - set(known):
        raise NotConvertible(f"{min(unknown)!r}")


def _values(said: Mapping[str, Any]) -> list[Any]:
    _only(said, {"enum", "const", "type"})
    return list(said["enum"]) if "enum" in said else [said["const"]]


def _choice(alternatives: Iterable[str]) -> str:
    return f"({' | '.join(alternatives)})"


def _list(item: str, least: int, most: int | None) -> str:
    if max(least, most or 0) > _REPEATED:
        raise NotConvertible("an array that long")
    if most == 0:
        return '""'
    rest = f"({literal(', ')} {item}){{{max(least - 1, 0)},{'' if most is None else most - 1}}}"
    return f"{item} {rest}" if least else f"({item} {rest})?"


def _string(said: Mapping[str, Any]) -> str:
    if form := _FORMATS.get(said.get("format", "")):
        return f'"\\"" {form} "\\""'
    least, most = said.get("minLength", 0), said.get("maxLength")
    if max(least, most or 0) > _REPEATED:
        raise NotConvertible("a text that long")
    return f'"\\"" {_CHARACTER}{{{least},{"" if most is None else most}}} "\\""'


def _integer(said: Mapping[str, Any]) -> str:
    least = [math.ceil(said["minimum"])] if "minimum" in said else []
    least += [math.floor(said["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in said else []
    most = [math.floor(said["maximum"])] if "maximum" in said else []
    most += [math.ceil(said["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in said else []
    if not least and not most:
        return "integer"
    if alternatives := integers(max(least, default=None), min(most, default=None)):
        return _choice(alternatives)
    raise NotConvertible("a range without numbers")
