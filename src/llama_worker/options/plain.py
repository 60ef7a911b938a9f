"""Values as callers give them, made plain, and checked for what neither JSON nor the engine can take."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from ..errors import InvalidOptionsError
from ..errors.general import printable

MAX_DEPTH = 100
"""How deep a value may be nested; what handles values (msgspec, the engine) calls itself for each level."""
MESSAGE_DEPTH = MAX_DEPTH + 8
"""How deep a message may be, which has such values in its fields."""


def plain(value: Any, path: str) -> Any:
    """A deep copy of JSON's types. Raises `InvalidOptionsError` naming what is nested too deep, no text or no value."""
    try:
        copy = to_builtins(value, enc_hook=_usual)
    except RecursionError as error:
        raise _too_deep(path) from error
    except (TypeError, ValueError) as error:
        message = f"{path} has an unusable value of type {type(value).__name__}."
        raise InvalidOptionsError(message, path=path) from error
    check_texts(copy, path)
    return copy


def check_texts(value: Any, path: str = "", depth: int = MAX_DEPTH) -> None:
    """Raise `InvalidOptionsError`, naming its path, for a text in `value` that is no Unicode, or for too much depth."""
    for leaf, where in leaves(value, path, depth):
        if isinstance(leaf, str):
            check_unicode(leaf, where)


def check_unicode(text: str, path: str) -> None:
    """Raise `InvalidOptionsError` for half of a surrogate pair: no encoding has it, so no engine can be sent it."""
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = text[error.start]
        message = f"{path} is no Unicode text: it has half of a surrogate pair, {half!r}, at index {error.start}."
        raise InvalidOptionsError(message, path=path) from error


def expanded(path: str | os.PathLike[str]) -> Path:
    """A path with its `~` or `~user` as the home directory that it means. Raises `OSError` where nobody knows it."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise OSError(errno.EINVAL, "its home directory is unknown", os.fspath(path)) from error


def given_path(path: str | os.PathLike[str], option: str) -> Path:
    """The place that a caller named, absolute, with its home directory. Raises `InvalidOptionsError` for what no system
    could have: nothing, a NUL, half of a surrogate pair, the home of nobody."""
    try:
        text = os.fsdecode(path)
        os.fsencode(text)
        place = expanded(text).absolute()
    except (TypeError, ValueError, OSError) as error:
        raise InvalidOptionsError(f"The {option} {printable(repr(path))} is no path.", path=option) from error
    if not text or "\0" in text:
        raise InvalidOptionsError(f"The {option} {text!r} is no path: it is empty or has a NUL.", path=option)
    return place


def is_unicode(text: str) -> bool:
    """Whether every encoding of Unicode has `text`: so no path whose bytes are no UTF-8."""
    return printable(text) == text


def check_json_depth(text: str, path: str) -> None:
    """Raise `InvalidOptionsError` for JSON that is nested too deep; whether it is JSON is somebody else's question."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    try:
        check_texts(json.loads(text), path)
    except RecursionError as error:
        raise _too_deep(path) from error
    except InvalidOptionsError:
        raise
    except ValueError:
        return


def leaves(value: Any, path: str, depth: int = MAX_DEPTH) -> Iterator[tuple[Any, str]]:
    """Every text, number and key in `value` with its path; depth costs no stack."""
    level = [(value, path)]
    for _ in range(depth + 1):
        below: list[tuple[Any, str]] = []
        for item, where in level:
            if isinstance(item, Mapping | Struct | list | tuple | set | frozenset):
                below += _children(item, where)
            else:
                yield item, where
        if not below:
            return
        level = below
    raise _too_deep(path)


def _children(value: Any, path: str) -> list[tuple[Any, str]]:
    if isinstance(value, Struct):
        return [(getattr(value, name), f"{path}.{name}".lstrip(".")) for name in value.__struct_fields__]
    if isinstance(value, Mapping):
        inside = [(item, f"{path}.{key}".lstrip(".")) for key, item in value.items()]
        return inside + [(key, where) for key, (_, where) in zip(value, tuple(inside), strict=True)]
    return [(item, f"{path}[{index}]") for index, item in enumerate(value)]


def half_in_json(data: bytes | bytearray | str) -> tuple[Any, InvalidOptionsError] | None:
    """JSON that is refused for an escaped half of a surrogate pair alone: its value, and the error that says where."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    try:
        check_texts(value)
    except InvalidOptionsError as error:
        return value, error
    return None


def _too_deep(path: str) -> InvalidOptionsError:
    return InvalidOptionsError(f"{path or 'It'} is nested deeper than {MAX_DEPTH} levels.", path=path or None)


def _usual(value: Any) -> Any:
    """A mapping, a sequence, a text or a path of whatever kind as the usual one, a path as text. Raises TypeError for
    anything else."""
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError
