"""Status and headers: what a request begins with, and what its answer does."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from .body import Body, Chunked, MalformedAnswer, Sized, UntilClosed

LONGEST_HEAD = 1 << 16
"""Bytes; an engine's has some hundreds."""
_HEAD_END = b"\r\n\r\n"
_INFORMATIONAL = range(100, 200)


class Head(Struct, frozen=True):
    """`status` of an answer, and the reader of the body that its headers tell of."""

    status: int
    body: Body


def request_head(path: str, headers: Mapping[str, str], length: int | None) -> bytes:
    """Of a POST with a body of so many bytes, of a GET without one."""
    method = "GET" if length is None else "POST"
    sized = {} if length is None else {"Content-Type": "application/json", "Content-Length": str(length)}
    fields = {"Host": "engine", "Connection": "close", **headers, **sized}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def split_head(data: bytes) -> tuple[Head, bytes] | None:
    """The head of an answer and what follows it; None while not all of it is there. Raises `MalformedAnswer`."""
    lines, found, rest = data.partition(_HEAD_END)
    if not found:
        if len(data) > LONGEST_HEAD:
            raise MalformedAnswer("the head of the answer has no end")
        return None
    head = _parsed(lines)
    return split_head(rest) if head.status in _INFORMATIONAL else (head, rest)


def _parsed(data: bytes) -> Head:
    first, *lines = data.decode("latin-1").split("\r\n")
    protocol, _, after = first.partition(" ")
    status = after.partition(" ")[0]
    if not protocol.startswith("HTTP/1.") or not (status.isdecimal() and len(status) == 3):
        raise MalformedAnswer("the answer does not begin as one in HTTP")
    pairs = (line.partition(":") for line in lines)
    return Head(int(status), _body_of({name.strip().lower(): value.strip() for name, _, value in pairs}))


def _body_of(headers: Mapping[str, str]) -> Body:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return Chunked()
    length = headers.get("content-length")
    if length is None:
        return UntilClosed()
    if not length.isdecimal():
        raise MalformedAnswer("the length of the answer is no number")
    return Sized(int(length))
