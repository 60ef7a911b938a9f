"""`NAME=VALUE`: one option as it is given on the command line."""

from __future__ import annotations

import datetime
import tomllib
from typing import Any

from msgspec import Struct
from msgspec.inspect import Metadata, NoneType, StrType, Type, UnionType, type_info
from msgspec.structs import fields

from ..errors import InvalidOptionsError
from ..options import Options

_EXAMPLE = "such as -o context_size=4096"
_DATES = (datetime.date, datetime.time, datetime.datetime)


class Assignment(Struct, frozen=True):
    """`name` may lead into an option (`xtc.probability`); `text` is the value as it was typed."""

    name: str
    text: str

    def value(self, kind: type[Options]) -> Any:
        """The value as TOML reads it. A word that is no TOML is a text, and so is every value of an option that takes
        nothing but text, unless it is a text in quotation marks."""
        value = _toml(self.text)
        if isinstance(value, _DATES) or (not isinstance(value, str) and _takes_only_text(kind, self.name)):
            return self.text
        return value


def read_assignment(given: str) -> Assignment:
    """Raises `InvalidOptionsError` for what has no name or no value."""
    name, equals, text = given.partition("=")
    head, dot, rest = name.strip().partition(".")
    name = head.replace("-", "_") + dot + rest
    if not equals or not name:
        raise InvalidOptionsError(f"-o {given}: write NAME=VALUE, {_EXAMPLE}.", path=name or "option")
    return Assignment(name, text.strip())


def _toml(text: str) -> Any:
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):  # no TOML, or a number with more digits than Python reads
        return text
    return read["value"] if read.keys() == {"value"} else text


def _takes_only_text(kind: type[Options], name: str) -> bool:
    annotation = next((field.type for field in fields(kind) if field.name == name), None)
    kinds = set(_kinds(type_info(annotation))) if annotation is not None else set()
    return StrType in kinds and kinds <= {StrType, NoneType}


def _kinds(of: Type) -> list[type[Type]]:
    if isinstance(of, Metadata):
        return _kinds(of.type)
    return [kind for one in of.types for kind in _kinds(one)] if isinstance(of, UnionType) else [type(of)]
