"""Forms with files in them (multipart/form-data): read within limits, taken apart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive, Scope

from ..options.server import ServerOptions
from .bodies import read_bytes
from .problems import Problem

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_PARTS = 32
_FORM = b"multipart/form-data"


class Form(Struct):
    """The fields of a form by their names, as text, and its files as bytes."""

    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}


async def read_form(scope: Scope, receive: Receive, options: ServerOptions) -> Form:
    """The form in the body. Raises `Problem` with 400, 413 or 415."""
    kind, parameters = parse_options_header(dict(scope["headers"]).get(b"content-type", b""))
    boundary = parameters.get(b"boundary", b"")
    body = await read_bytes(scope, receive, options.max_body_bytes, kind=_FORM)
    if kind != _FORM or not boundary:
        raise Problem(400, "The Content-Type names no boundary of the form's parts.", code="invalid_form")
    try:
        return await asyncio.to_thread(_take_apart, body, boundary)
    except FormParserError as error:
        raise Problem(400, f"The body is no form: {error}.", code="invalid_form") from error


def _take_apart(body: bytes, boundary: bytes) -> Form:
    parts = _Parts()
    parser = MultipartParser(boundary, parts.callbacks())
    parser.write(body)
    parser.finalize()
    if not parts.ended:
        raise FormParserError("its end is missing")
    return parts.form


class _Parts:
    """Collects what the parser finds."""

    def __init__(self) -> None:
        self.form = Form()
        self.ended = False
        self._count = 0
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._data: list[bytes] = []

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_PARTS:
            raise FormParserError(f"it has more than {_MOST_PARTS} parts")
        self._disposition, self._data = b"", []

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _end(self) -> None:
        _, parameters = parse_options_header(self._disposition)
        name = parameters.get(b"name")
        if name is None:
            raise FormParserError("a part of it has no name")
        data, known = b"".join(self._data), name.decode(errors="replace")
        if b"filename" in parameters:
            self.form.files[known] = data
        else:
            self.form.fields[known] = _text(data)

    def _finish(self) -> None:
        self.ended = True


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormParserError("a field of it is no UTF-8 text") from error
