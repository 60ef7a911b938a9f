"""`--schema`: the form of an answer, as a file, as JSON, or in a few words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import msgspec

from .standard_input import STDIN, StandardInput
from .texts import text_of

_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_FIELD = re.compile(r"(?P<name>[\w-]+)(?:\s+(?P<type>str|int|float|bool)(?P<many>\[\])?)?(?:\s*:\s*(?P<about>.+))?")
_HOW = "give a file of a JSON schema, the schema itself, or fields such as 'name, age int, tags str[]'"


def read_schema(given: str, stdin: StandardInput) -> dict[str, Any]:
    """The JSON schema. Raises `click.UsageError` for what is none; whether it can be kept to is checked later."""
    if given == STDIN or Path(given).is_file():
        return _from_json(text_of(Path(given), stdin, "the schema"), given)
    if given.lstrip().startswith("{"):
        return _from_json(given, "the schema")
    if given.endswith(".json"):
        raise click.UsageError(f"There is no file {given}.")
    return _from_words(given)


def _from_json(text: str, name: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise click.UsageError(f"--schema: {name} is no JSON schema: {error}.") from error


def _from_words(given: str) -> dict[str, Any]:
    fields = [part.strip() for part in re.split(r"\n" if "\n" in given else ",", given) if part.strip()]
    properties = dict(map(_field, fields))
    if not properties or len(properties) < len(fields):
        raise click.UsageError(f"--schema: {given!r} names no field, or one twice: {_HOW}.")
    return {"type": "object", "properties": properties, "required": list(properties)}


def _field(text: str) -> tuple[str, dict[str, Any]]:
    found = _FIELD.fullmatch(text)
    if found is None:
        raise click.UsageError(f"--schema: {text!r} is no field: {_HOW}.")
    kind: dict[str, Any] = {"type": _TYPES[found["type"] or "str"]}
    schema = {"type": "array", "items": kind} if found["many"] else kind
    return found["name"], schema | ({"description": found["about"]} if found["about"] else {})
