"""What a Struct's types say of the place that one of msgspec's errors names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

_OF_A_NAME = "One of its names is not as it must be: "
_AT_PATH = re.compile(r"(?P<what>.*) - at (?P<key>`key` in )?`\$\.?(?P<path>.*)`$", re.DOTALL)


def split_error(error: Exception) -> tuple[str, str]:
    """What is wrong, and the path to where, in the names of messages."""
    match = _AT_PATH.match(str(error))
    if match is None:
        return str(error), ""
    return f"{_OF_A_NAME}{match['what']}" if match["key"] else match["what"], match["path"]


def struct_at(kind: type[Struct], path: str) -> type[Struct] | None:
    """The Struct at a path such as `options.repeatPenalty`; None where there is none, or more than one."""
    structs = [one for one in _parts(_type_at(kind, path)) if isinstance(one, type) and issubclass(one, Struct)]
    return structs[0] if len(structs) == 1 else None


def choices_at(kind: type[Struct], path: str) -> tuple[Any, ...]:
    """The values that are written out in the type at a path; none for what is inside of a list or mapping."""
    if path.endswith("]"):
        return ()
    return tuple(value for one in _parts(_type_at(kind, path)) if get_origin(one) is Literal for value in get_args(one))


def _type_at(kind: Any, path: str) -> Any:
    """The type of the last field of a path."""
    for name in filter(None, re.sub(r"\[.*?\]", "", path).split(".")):
        structs = [one for one in _parts(kind) if isinstance(one, type) and issubclass(one, Struct)]
        types = [field.type for struct in structs for field in fields(struct) if field.encode_name == name]
        if not types:
            return None
        kind = types[0]
    return kind


def _parts(kind: Any) -> Iterator[Any]:
    """A type and, of unions, annotations and containers, those that it is made of."""
    yield kind
    if get_origin(kind) is not Literal:
        for part in get_args(kind):
            yield from _parts(part)
