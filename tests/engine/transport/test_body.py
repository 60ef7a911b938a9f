"""Bodies of answers, however the bytes that carry them are cut."""

from __future__ import annotations

import pytest

from llama_worker.engine.transport.body import Chunked, MalformedAnswer, Sized
from llama_worker.engine.transport.head import LONGEST_HEAD, request_head, split_head

PIECES = [b"data: one\n\n", b"data: \r\n two\n\n", b"x" * 30]
IN_CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in PIECES) + b"0\r\n\r\n"


@pytest.mark.parametrize("size", range(1, len(IN_CHUNKS) + 1))
def test_pieces_are_put_together_wherever_they_are_cut(size: int) -> None:
    body = Chunked()
    read = b"".join(body.feed(IN_CHUNKS[start : start + size]) for start in range(0, len(IN_CHUNKS), size))
    assert read == b"".join(PIECES)
    assert body.ended


def test_a_connection_that_ends_within_a_piece_ends_no_body() -> None:
    body = Chunked()
    assert body.feed(IN_CHUNKS[:-7]) == b"".join(PIECES)
    assert not body.may_end_here()


@pytest.mark.parametrize("size", [b"-5\r\n", b"zz\r\n", b"\r\n", b"1" * 2000])
def test_what_is_no_size_is_refused(size: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        Chunked().feed(size)


def test_a_body_of_known_length_ends_there() -> None:
    body = Sized(5)
    assert body.feed(b"abc") == b"abc"
    assert not body.may_end_here()
    assert body.feed(b"defgh") == b"de"
    assert body.ended


def test_a_head_is_read_when_all_of_it_is_there() -> None:
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nServer: x\r\n\r\nabc"
    assert split_head(head[:60]) is None
    parted = split_head(head)
    assert parted is not None
    assert (parted[0].status, parted[0].body.feed(parted[1])) == (404, b"abc")


@pytest.mark.parametrize(
    "data", [b"SSH-2.0\r\n\r\n", b"HTTP/1.1 twenty OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"]
)
def test_what_is_no_head_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        split_head(data)


def test_a_head_without_end_is_refused() -> None:
    with pytest.raises(MalformedAnswer):
        split_head(b"x" * (LONGEST_HEAD + 1))


def test_a_request_says_how_long_it_is() -> None:
    lines = request_head("/path", {"Authorization": "Bearer k"}, 7).decode().split("\r\n")
    assert lines[0] == "POST /path HTTP/1.1"
    assert {"Content-Length: 7", "Authorization: Bearer k", "Connection: close"} <= set(lines)
    assert request_head("/path", {}, None).startswith(b"GET ")
