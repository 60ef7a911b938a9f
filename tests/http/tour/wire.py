"""Requests that HTTP does not allow, or that hardly any client sends."""

from __future__ import annotations

from tests.http.server import request

_BODY = b"{}"
_REFUSED = {400, 408, 411, 413, 414, 415, 417, 421, 426, 431, 501, 505}


def _with(**headers: str) -> bytes:
    return request("POST", "/tokenize", _BODY, {name.replace("_", "-"): value for name, value in headers.items()})


_SOUND = _with()
REQUESTS: dict[str, tuple[bytes, set[int]]] = {
    "two lengths": (_with(Content_Length="2\r\nContent-Length: 3"), _REFUSED),
    "a negative length": (_with(Content_Length="-1"), _REFUSED),
    "a length of letters": (_with(Content_Length="two"), _REFUSED),
    "a length in base 16": (_with(Content_Length="0x2"), _REFUSED),
    "a length beyond all": (_with(Content_Length="9" * 40), _REFUSED),
    "a length and chunks": (_with(Transfer_Encoding="chunked"), _REFUSED),
    "an unknown transfer": (_with(Transfer_Encoding="gzip", Content_Length=""), _REFUSED),
    "chunks with a bad size": (
        _with(Transfer_Encoding="chunked", Content_Length="").replace(b"\r\n\r\n{}", b"\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        _REFUSED,
    ),
    "a null in a header": (_with(X_Any="a\0b"), _REFUSED),
    "a bare line end in a header": (_with(X_Any="a\nX-Other: b"), {400}),
    "a folded header": (_with(X_Any="a\r\n b"), _REFUSED),
    "a blank before the colon": (_SOUND.replace(b"Content-Type:", b"Content-Type :"), _REFUSED),
    "no colon": (_SOUND.replace(b"Content-Type:", b"Content-Type"), _REFUSED),
    "another version": (_SOUND.replace(b"HTTP/1.1", b"HTTP/3.7"), _REFUSED),
    "an old version": (_SOUND.replace(b"HTTP/1.1", b"HTTP/1.0"), {400}),
    "no version": (_SOUND.replace(b" HTTP/1.1", b""), _REFUSED),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", _REFUSED),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(512), _REFUSED),
    "an unknown expectation": (_with(Expect="a-miracle"), {400, 417}),
    "an upgrade to another protocol": (_with(Upgrade="h2c", Connection="Upgrade"), {400, 426}),
    "an upgrade of a POST": (_with(Upgrade="websocket", Connection="Upgrade"), {400, 404, 405, 426}),
    "a range": (_with(Range="bytes=0-1"), {400}),
    "a condition": (_with(If_Match='"a"', If_None_Match="*"), {400}),
    "an override of the method": (_with(X_HTTP_Method_Override="DELETE"), {400}),
    "forwarded from elsewhere": (_with(X_Forwarded_Host="evil.example", X_Forwarded_Proto="https"), {400}),
    "bytes that are no text in a header": (_with(X_Any="a\xff"), {400}),
    "a path with a blank": (_SOUND.replace(b"/tokenize", b"/tok enize"), _REFUSED),
    "a path with a fragment": (_SOUND.replace(b"/tokenize", b"/tokenize#a"), {400, 404}),
    "a query of half characters": (_SOUND.replace(b"/tokenize", b"/tokenize?a=%ff&%00=%zz"), {400}),
    "a long query": (_SOUND.replace(b"/tokenize", b"/tokenize?" + b"a=b&" * 10_000), {400, 414, 431}),
}
"""By what is odd about each, its bytes and the statuses of answers that are right."""
