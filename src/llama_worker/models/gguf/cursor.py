"""A walk over the bytes of a file, in bounded memory: every length is compared with what is left before it is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Protocol

MAX_HEADER_BYTES = 128 << 20
MAX_STRING_LENGTH = 64 << 20
_WINDOW = 256 << 10
_LENGTH = struct.Struct("<Q")


class MalformedHeader(Exception):
    """Raised with the reason when the bytes are no acceptable GGUF header."""


class NeedMoreBytes(Exception):
    """Raised by a source that holds only the beginning of a file; `end` is the offset that is needed."""

    def __init__(self, end: int) -> None:
        super().__init__(end)
        self.end = end


class ByteSource(Protocol):
    """A file of known size that can be read at any offset."""

    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, fewer at the end of the file."""


def require(condition: bool, reason: str) -> None:
    """Raise MalformedHeader with `reason` unless `condition` holds."""
    if not condition:
        raise MalformedHeader(reason)


class Cursor:
    """Reads forward through a source, never beyond the file nor the header limit."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._limit = min(source.size, MAX_HEADER_BYTES)
        self._window = b""
        self._start = 0
        self._at = 0

    @property
    def position(self) -> int:
        return self._start + self._at

    @property
    def left(self) -> int:
        return self._limit - self.position

    def _check(self, length: int, what: str) -> None:
        if length > self.left:
            short = self._limit < self._source.size
            end = "the header limit of 128 MiB" if short else "the end of the file"
            raise MalformedHeader(f"{what} reaches beyond {end}")

    def _refill(self, length: int) -> None:
        self._start, self._at = self.position, 0
        self._window = self._source.read_at(self._start, min(max(length, _WINDOW), self.left))
        require(len(self._window) >= length, "the file became shorter while it was read")

    def take(self, length: int, what: str) -> bytes:
        self._check(length, what)
        if self._at + length > len(self._window):
            self._refill(length)
        self._at += length
        return self._window[self._at - length : self._at]

    def skip(self, length: int, what: str) -> None:
        self._check(length, what)
        if self._at + length <= len(self._window):
            self._at += length
        else:
            self._start, self._at, self._window = self.position + length, 0, b""

    def skip_strings(self, count: int, what: str) -> None:
        """Walk over `count` strings; the inner loop runs once per vocabulary entry, so it stays flat."""
        unpack = _LENGTH.unpack_from
        while count:
            window, at, end = self._window, self._at, len(self._window)
            while count and at + 8 <= end:
                following = at + 8 + unpack(window, at)[0]
                if following > end:
                    break
                at, count = following, count - 1
            self._at = at
            if count:
                self.skip(self.length(what), what)
                count -= 1

    def strings(self, count: int, what: str) -> Iterator[bytes]:
        """So many strings, one after the other; the inner loop runs once per vocabulary entry, so it stays flat."""
        unpack = _LENGTH.unpack_from
        while count:
            window, at, end = self._window, self._at, len(self._window)
            while count and at + 8 <= end:
                following = at + 8 + unpack(window, at)[0]
                if following > end:
                    break
                yield window[at + 8 : following]
                at, count = following, count - 1
            self._at = at
            if count:
                yield self.take(self.length(what), what)
                count -= 1

    def number(self, code: str, what: str) -> int | float:
        form = struct.Struct(f"<{code}")
        value: int | float = form.unpack(self.take(form.size, what))[0]
        return value

    def u32(self, what: str) -> int:
        return int.from_bytes(self.take(4, what), "little")

    def u64(self, what: str) -> int:
        return int.from_bytes(self.take(8, what), "little")

    def length(self, what: str) -> int:
        length = self.u64(what)
        require(length <= MAX_STRING_LENGTH, f"{what} is {length} bytes long, more than any model needs")
        return length

    def text(self, limit: int, what: str) -> str:
        length = self.length(what)
        require(0 < length <= limit, f"{what} has {length} bytes; 1 to {limit} are allowed")
        try:
            return self.take(length, what).decode()
        except UnicodeDecodeError as error:
            raise MalformedHeader(f"{what} is not UTF-8") from error
