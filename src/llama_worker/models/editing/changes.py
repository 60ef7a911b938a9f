"""What is to be changed of a file's metadata, checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import MsgspecError, Struct, json

from ...errors import InvalidOptionsError
from ...errors.nearest import did_you_mean
from ..gguf.header import GgufHeader, explained
from ..gguf.parser import GgufArray
from ..gguf.special_tokens import token_texts
from ..gguf.value_types import NUMBER_CODES, VALUE_TYPES
from ..gguf.writing import TypedValue, array, typed
from .kinds import TOKEN_ID, usual_kind

_ARRAY = "[]"
_BOOLS = {"true": True, "false": False, "1": True, "0": False}
_KINDS = tuple(kind for kind in VALUE_TYPES if kind != "array")


class Changes(Struct, frozen=True):
    """Values by key, and keys that shall be gone."""

    values: dict[str, TypedValue]
    removed: tuple[str, ...] = ()

    def applied(self, metadata: Mapping[str, TypedValue]) -> dict[str, TypedValue]:
        """The metadata with these changes: a value stays in its place, a new one comes last."""
        return {key: value for key, value in (dict(metadata) | self.values).items() if key not in self.removed}


def read_changes(path: Path, header: GgufHeader, values: Mapping[str, Any], removed: Iterable[str]) -> Changes:
    """The changes, each value of its type; raises InvalidOptionsError with the reason, and OSError.

    A key keeps the type that it has in the file; a well-known one gets its usual type; of any other `KEY:TYPE` says it.
    A text that is given for a number, a bool or an array is read as one. The id of a token may be given as its text.
    """
    checked = dict(_read(path, header, name, value) for name, value in values.items())
    gone = tuple(removed)
    for key in gone:
        if key not in header.metadata:
            raise InvalidOptionsError(f"{path.name} has no key {key}{did_you_mean(key, header.metadata)}.", path=key)
    return Changes(checked, gone)


def _read(path: Path, header: GgufHeader, name: str, value: Any) -> tuple[str, TypedValue]:
    key, said = _split(name)
    there = _kind_in(header, key)
    kind = said or there or usual_kind(key)
    if not key:
        raise InvalidOptionsError("A value has no key before it: write KEY=VALUE.", path="values")
    if kind is None:
        raise InvalidOptionsError(
            f"Nothing says of which type {key} is{did_you_mean(key, header.metadata)}: write {key}:TYPE, with one of "
            f"{', '.join(_KINDS)}, and {_ARRAY} behind it for an array.",
            path=key,
        )
    if TOKEN_ID.fullmatch(key):
        value = _token(path, header, key, value)
    try:
        return key, _typed(kind, value)
    except ValueError as error:
        raise InvalidOptionsError(f"{key} is of the type {kind}: {error}.", path=key) from error


def _split(name: str) -> tuple[str, str | None]:
    key, _, kind = name.rpartition(":")
    return (key, kind) if kind.removesuffix(_ARRAY) in _KINDS else (name, None)


def _kind_in(header: GgufHeader, key: str) -> str | None:
    """The type that a key has in the file."""
    value = header.metadata.get(key)
    if isinstance(value, GgufArray) and header.places[key].type == "array":
        return value.item_type + _ARRAY
    place = header.places.get(key)
    return place.type if place else None


def _typed(kind: str, value: Any) -> TypedValue:
    if not kind.endswith(_ARRAY):
        return typed(kind, _number(kind, value) if isinstance(value, str) and kind != "string" else value)
    items = _items(value) if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise ValueError(f"{value!r} is no list")
    return array(kind.removesuffix(_ARRAY), items)


def _items(text: str) -> Any:
    try:
        return json.decode(text)
    except MsgspecError as error:
        raise ValueError(f"{text[:60]!r} is no JSON") from error


def _number(kind: str, text: str) -> int | float:
    if kind == "bool":
        if text.lower() not in _BOOLS:
            raise ValueError(f"{text!r} is neither true nor false")
        return _BOOLS[text.lower()]
    try:
        return float(text) if NUMBER_CODES[kind] in "fd" else int(text, 0)
    except ValueError as error:
        raise ValueError(f"{text!r} is no number") from error


def _token(path: Path, header: GgufHeader, key: str, value: Any) -> Any:
    """The id of a token, which may be given as its text."""
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if isinstance(value, str) and not value.isdigit():
        if not isinstance(tokens, GgufArray):
            raise InvalidOptionsError(f"{path.name} has no vocabulary: give the number of the token.", path=key)
        raw = value.encode()
        with explained(str(path)):
            found = next((number for number, text in enumerate(token_texts(path, tokens)) if text == raw), None)
        if found is None:
            raise InvalidOptionsError(f"The vocabulary of {path.name} has no token {value!r}.", path=key)
        return found
    if isinstance(tokens, GgufArray) and isinstance(value, (str, int)) and int(value) >= tokens.count:
        raise InvalidOptionsError(f"{path.name} has {tokens.count} tokens, and none of number {value}.", path=key)
    return value
