"""Answers of a given form: what `response_format` may be, and from text to its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ...errors import InvalidOptionsError, InvalidOutputError
from ...options import PromptOptions
from ...options.plain import plain
from ..reply import Reply
from .limits import check_schema
from .schemas import Schema, closed, decode, inline, schema_of
from .settled import settled
from .validation import is_valid
from .wellformed import check_wellformed


class ResponseFormat(Struct, frozen=True):
    """A JSON schema and the type that its values become; `Any` leaves them plain."""

    schema: Schema
    kind: Any = Any

    def parse(self, reply: Reply) -> Reply:
        """`reply` with `parsed`. Raises `InvalidOutputError` when the text was cut off or does not fit the type."""
        if reply.finish_reason == "length":
            message = (
                "The answer was cut off before its JSON was complete: raise max_tokens or context_size, or shorten the "
                "schema."
            )
            raise InvalidOutputError(message, text=reply.text, partial=reply)
        try:
            return msgspec.structs.replace(reply, parsed=decode(self.kind, reply.text))
        except ValueError as error:
            message = f"The answer does not fit the response format: {_one_line(error)}."
            raise InvalidOutputError(message, text=reply.text, partial=reply) from error

    def fits(self, text: str) -> bool:
        """Whether a text that nothing held to the form is of it all the same; False where that cannot be told."""
        try:
            value = decode(self.kind, text)
        except ValueError:
            return False
        return self.kind is not Any or is_valid(value, self.schema)


def response_format_of(response_format: Any, options: PromptOptions) -> ResponseFormat | None:
    """The form that was asked for, by `response_format` (a type or a JSON schema) or by `json_schema`.

    Raises `InvalidOptionsError` when it is no form, or does not go together with other options.
    """
    if response_format is not None and options.json_schema is not None:
        raise InvalidOptionsError("Give either response_format or json_schema.", path="response_format")
    wanted = options.json_schema if response_format is None else response_format
    if wanted is None:
        return None
    if options.grammar is not None:
        raise InvalidOptionsError("A grammar and a schema cannot both decide the form.", path="grammar")
    path = "json_schema" if response_format is None else "response_format"
    if isinstance(wanted, dict):
        return ResponseFormat(closed(inline(_checked(_unwrapped(plain(wanted, path)), path))))
    return ResponseFormat(closed(_checked(schema_of(wanted, path), path)), wanted)


def _checked(schema: Any, path: str) -> Any:
    check_schema(schema, path)
    check_wellformed(schema, path)
    return settled(schema)


def schema_in(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema that a request in OpenAI's words, or the engine's, wants kept to; None without one.

    A `json_object` is any object, and so is an empty schema.
    """
    wanted, given = body.get("response_format") or {}, body.get("json_schema")
    if wanted.get("type") == "json_object":
        given = wanted.get("schema", given) or {}
    elif wanted.get("type") == "json_schema":
        inner = wanted.get("json_schema")
        given = inner.get("schema", {}) if isinstance(inner, Mapping) else {}
    if not isinstance(given, Mapping):
        return None
    schema: dict[str, Any] = closed(inline(settled(given or {"type": "object"})))
    return schema


def _unwrapped(wanted: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, when it comes as OpenAI's API takes it."""
    inner = wanted.get("json_schema")
    if wanted.get("type") == "json_schema" and isinstance(inner, dict) and isinstance(inner.get("schema"), dict):
        schema: dict[str, Any] = inner["schema"]
        return schema
    return {"type": "object"} if wanted.get("type") == "json_object" else wanted


def _one_line(error: ValueError) -> str:
    return " ".join(str(error).split()).rstrip(".")
