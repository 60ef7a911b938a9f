"""The one door through which values enter options."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from msgspec import ValidationError, convert, structs

from ..errors import InvalidOptionsError
from .base import Options, OptionsType
from .paths import split_error
from .plain import leaves, plain
from .spelling import camel

# node-llama-cpp's names for what has another name here.
ALIASES = {
    "custom_stop_triggers": "stop_sequences",
    "customStopTriggers": "stop_sequences",
    "stop_on_abort_signal": "stop_on_abort",
    "stopOnAbortSignal": "stop_on_abort",
}
# Their keys are the caller's own words, not field names.
_FREE_FORM = frozenset(
    {"token_bias", "json_schema", "chat_template_options", "engine_options", "lora", "loras", "env", "headers"}
)
# Options by names that are the caller's own words.
_NAMED = frozenset({"mcp_servers"})


def build_options(kind: type[OptionsType], base: OptionsType | None, changes: Mapping[str, object]) -> OptionsType:
    """`base` (or the defaults) with `changes` applied, checked.

    Raises `InvalidOptionsError`, naming the field, for an unknown name, a wrong type or a number out of range.
    """
    if base is not None and not isinstance(base, kind):
        raise InvalidOptionsError(f"Expected {kind.__name__}, got {type(base).__name__}.")
    fields = _fields(kind)
    known = {field.name: field.encode_name for field in fields}
    changes = {ALIASES.get(name, name): value for name, value in changes.items()}
    for name in changes:
        _check_name(name, None)
        if name not in known:
            from .hints import option_hint  # here, as the process of an engine has options, too

            hint = option_hint(name, kind)
            raise InvalidOptionsError(f"Unknown option {name!r} for {kind.__name__}{hint}.", path=name)
    given = _given(base, fields) if base is not None else {}
    values = {known[name]: _plain(name, value) for name, value in (given | changes).items()}
    names = {field.encode_name: field.name for field in fields}
    return _convert(values, kind, names)


@cache
def _fields(kind: type[Options]) -> tuple[structs.FieldInfo, ...]:
    """Finding them evaluates every annotation, which takes longer than all else that is done for a prompt's options."""
    return structs.fields(kind)


def _given(base: Options, fields: Iterable[structs.FieldInfo]) -> dict[str, Any]:
    """The fields of `base` that differ from their defaults."""
    values = {field.name: (getattr(base, field.name), field.default) for field in fields}
    return {name: value for name, (value, default) in values.items() if value is not default and value != {}}


def _plain(name: str, value: Any) -> Any:
    usual = plain(value, name)
    for number, path in leaves(usual, name):
        if isinstance(number, float) and not math.isfinite(number):
            raise InvalidOptionsError(f"Option {path!r} must be a finite number, not {number}.", path=path)
    if isinstance(usual, dict) and name not in _FREE_FORM:
        for key in usual:
            _check_name(key, name)
        if name in _NAMED:
            return {key: _fields_as_sent(item) for key, item in usual.items()}
        return _fields_as_sent(usual)
    return usual


def _fields_as_sent(value: Any) -> Any:
    return {camel(str(key)): item for key, item in value.items()} if isinstance(value, dict) else value


def _check_name(name: object, path: str | None) -> None:
    if not isinstance(name, str):
        where = f" in option {path!r}" if path else ""
        raise InvalidOptionsError(f"The name of a field{where} is a text, not {name!r}.", path=path)


def _convert(values: dict[str, Any], kind: type[OptionsType], names: dict[str, str]) -> OptionsType:
    try:
        return convert(values, kind)
    except ValidationError as error:
        from .hints import explain

        what, path = split_error(error)
        head, separator, tail = _with_key(path, values, kind).replace("[...]", "[]").partition("[")
        head, dot, rest = head.partition(".")
        name = names.get(head, head) + dot + rest + separator + tail
        said = explain(what, kind, path)
        whose = f"Option {name!r} is" if name else f"{kind.__name__} are"  # no field: what two of them say together
        raise InvalidOptionsError(f"{whose} invalid: {said}.", path=name or None) from error


def _with_key(path: str, values: dict[str, Any], kind: type[OptionsType]) -> str:
    """The path with the name of the one in a mapping that is meant: it is `[...]` where msgspec tells of it."""
    field = path.partition("[...]")[0]
    mapping = values.get(field)
    if not isinstance(mapping, dict) or "[...]" not in path:
        return path
    for key, value in mapping.items():
        try:
            convert({field: {key: value}}, kind)
        except ValidationError as error:
            if split_error(error)[1] == path:
                return path.replace("[...]", f".{key}", 1)
    return path
