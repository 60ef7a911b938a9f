"""The one door through which values enter options."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import ValidationError, convert, structs, to_builtins

from ..errors import InvalidOptionsError
from .base import OptionsType
from .hints import camel, explain, option_hint
from .paths import split_error

# node-llama-cpp's names for what has another name here.
ALIASES = {
    "custom_stop_triggers": "stop_sequences",
    "customStopTriggers": "stop_sequences",
    "stop_on_abort_signal": "stop_on_abort",
    "stopOnAbortSignal": "stop_on_abort",
}
# Their keys are the caller's own words, not field names.
_FREE_FORM = frozenset({"token_bias", "json_schema", "chat_template_options", "engine_options"})


def build_options(kind: type[OptionsType], base: OptionsType | None, changes: Mapping[str, object]) -> OptionsType:
    """`base` (or the defaults) with `changes` applied, checked.

    Raises `InvalidOptionsError`, naming the field, for an unknown name, a wrong type or a number out of range.
    """
    if base is not None and not isinstance(base, kind):
        raise InvalidOptionsError(f"Expected {kind.__name__}, got {type(base).__name__}.")
    fields = structs.fields(kind)
    known = {field.name: field.encode_name for field in fields}
    changes = {ALIASES.get(name, name): value for name, value in changes.items()}
    for name in changes:
        if name not in known:
            hint = option_hint(name, kind)
            raise InvalidOptionsError(f"Unknown option {name!r} for {kind.__name__}{hint}.", path=name)
    values = {known[name]: _plain(name, value) for name, value in changes.items()}
    given = to_builtins(base) if base is not None else {}
    names = {field.encode_name: field.name for field in fields}
    return _convert(given | values, kind, names)


def _plain(name: str, value: Any) -> Any:
    try:
        plain = to_builtins(value, enc_hook=_usual)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"Option {name!r} has an unusable value of type {type(value).__name__}."
        raise InvalidOptionsError(message, path=name) from error
    for number in _floats(plain):
        if not math.isfinite(number):
            raise InvalidOptionsError(f"Option {name!r} must be a finite number, not {number}.", path=name)
    if isinstance(plain, dict) and name not in _FREE_FORM:
        return {camel(key): item for key, item in plain.items()}
    return plain


def _usual(value: Any) -> Any:
    """A mapping or a sequence of whatever kind as the usual one. Raises TypeError for anything else."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError


def _floats(value: Any) -> Iterator[float]:
    """Every float in a plain value, however deep."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _floats(item)


def _convert(values: dict[str, Any], kind: type[OptionsType], names: dict[str, str]) -> OptionsType:
    try:
        return convert(values, kind)
    except ValidationError as error:
        what, path = split_error(error)
        head, separator, tail = path.replace("[...]", "[]").partition("[")
        head, dot, rest = head.partition(".")
        name = names.get(head, head) + dot + rest + separator + tail
        said = explain(what, kind, path)
        raise InvalidOptionsError(f"Option {name!r} is invalid: {said}.", path=name) from error
