"""The body of an answer, taken out of the bytes that carry it: in chunks, of a known length, or up to the end."""

from __future__ import annotations

from typing import Protocol

_LONGEST_SIZE_LINE = 1024
_LINE_END = b"\r\n"


class MalformedAnswer(ValueError):
    """These bytes are no answer in HTTP."""


class Body(Protocol):
    """`ended` says that all of it has come."""

    ended: bool

    def feed(self, data: bytes) -> bytes:
        """What of `data` belongs to the body. Raises `MalformedAnswer`."""

    def may_end_here(self) -> bool:
        """Whether a connection that ends now ends the body."""


class Sized:
    """So many bytes."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.ended = length == 0

    def feed(self, data: bytes) -> bytes:
        body = data[: self._left]
        self._left -= len(body)
        self.ended = self._left == 0
        return body

    def may_end_here(self) -> bool:
        return self.ended


class UntilClosed:
    """Whatever comes before the connection ends."""

    def __init__(self) -> None:
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        return data

    def may_end_here(self) -> bool:
        return True


class Chunked:
    """Pieces, each behind a line with its size; one of size 0 is the end, and what may follow it is not read."""

    def __init__(self) -> None:
        self.ended = False
        self._left = 0  # of the current piece, and the end of its line
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        if self._rest:
            data, self._rest = self._rest + data, b""
        pieces: list[bytes] = []
        at, length = 0, len(data)
        while at < length and not self.ended:
            if not self._left:
                at = self._begin(data, at)
                continue
            end = at + self._left
            if end > length:
                pieces.append(self._part(data[at:]))
                break
            pieces.append(data[at : end - len(_LINE_END)])
            self._left, at = 0, end
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _begin(self, data: bytes, at: int) -> int:
        """Read the line with a piece's size; gives where the piece begins."""
        end = data.find(_LINE_END, at)
        if end < 0:
            self._rest = data[at:]
            if len(self._rest) > _LONGEST_SIZE_LINE:
                raise MalformedAnswer("the size of a piece has no end")
            return len(data)
        size = _size_of(data[at:end])
        self.ended = size == 0
        self._left = size + len(_LINE_END)
        return end + len(_LINE_END)

    def _part(self, data: bytes) -> bytes:
        """The beginning of a piece; what has come of its line's end is none of it, and is kept until that is whole."""
        behind = len(data) - (self._left - len(_LINE_END))
        if behind > 0:
            data, self._rest = data[:-behind], data[-behind:]
        self._left -= len(data)
        return data

    def may_end_here(self) -> bool:
        return self.ended


def _size_of(line: bytes) -> int:
    try:
        size = int(line.partition(b";")[0], 16)
    except ValueError as error:
        raise MalformedAnswer("a piece has no size") from error
    if size < 0:
        raise MalformedAnswer("a piece has a negative size")
    return size
