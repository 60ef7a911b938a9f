"""Request bodies: read within limits, decoded, checked."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.types import Receive, Scope

from ..options.plain import half_in_json
from ..options.server import ServerOptions
from .problems import Problem

_JSON = b"application/json"
ResponseFormat = TypeVar("ResponseFormat")


class ClientGone(Exception):
    """The client left before its request was complete. `ProblemMiddleware` ends such a request without an answer."""


async def read_json(scope: Scope, receive: Receive, options: ServerOptions) -> dict[str, Any]:
    """The JSON object in the body. Raises `Problem` with 400, 413 or 415."""
    return json_object(await read_bytes(scope, receive, options.max_body_bytes), options)


def json_object(body: bytes, options: ServerOptions) -> dict[str, Any]:
    """The JSON object that a body is. Raises `Problem` with 400."""
    try:
        value = msgspec.json.decode(body)
    except RecursionError as error:
        raise _too_deep(options) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if halved := half_in_json(body):
            raise Problem(400, halved[1].message, code="invalid_value", param=halved[1].path) from error
        raise Problem(400, f"The body is not valid JSON: {error}.", code="invalid_json") from error
    if not isinstance(value, dict):
        raise Problem(400, "The body must be a JSON object.", code="invalid_json")
    if _depth_exceeds(value, options.max_depth):
        raise _too_deep(options)
    return value


async def read_bytes(scope: Scope, receive: Receive, limit: int, kind: bytes = _JSON) -> bytes:
    """The whole body, however it is sent; it must say that it is of that `kind`."""
    _check_headers(scope, limit, kind)
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(parts)


def _check_headers(scope: Scope, limit: int, kind: bytes) -> None:
    headers = dict(scope["headers"])
    said = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if said != kind:  # JSON a page of another origin cannot send without asking first; forms the origin's check refuses
        raise Problem(415, f"The Content-Type must be {kind.decode()}.", code="unsupported_media_type")
    if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"", b"identity"):
        message = "The body must come as it is, without a Content-Encoding."
        raise Problem(415, message, code="unsupported_media_type", headers={"Accept-Encoding": "identity"})
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> Problem:
    message = f"The body is larger than {limit} bytes."
    return Problem(413, message, code="request_too_large", headers={"Connection": "close"})


def _too_deep(options: ServerOptions) -> Problem:
    return Problem(400, f"The JSON is nested deeper than {options.max_depth} levels.", code="invalid_json")


def _depth_exceeds(value: Any, limit: int) -> bool:
    """Level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(limit):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, dict | list)]


def checked(body: dict[str, Any], shape: type[ResponseFormat]) -> ResponseFormat:
    """`body` as `shape`; null means not given. Raises `Problem` naming the first field that is wrong."""
    given = {name: value for name, value in body.items() if value is not None}
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        field = path.strip("`.") or None
        raise Problem(400, f"{field or 'The body'}: {message}.", code="invalid_value", param=field) from error


def typed(value: Any, shape: type[ResponseFormat], field: str) -> ResponseFormat | None:
    """A value inside of a body as `shape`; None is not given. Raises `Problem` naming the field."""
    try:
        return None if value is None else msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at `$")[0]
        raise Problem(400, f"{field}: {message}.", code="invalid_value", param=field) from error
