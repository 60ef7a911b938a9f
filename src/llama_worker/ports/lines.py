"""Bytes into lines, with bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

from .codec import MAX_MESSAGE_BYTES


class LineSplitter:
    """Feed it what arrives; it gives whole lines, and None for one that was too long."""

    def __init__(self, limit: int = MAX_MESSAGE_BYTES) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> Iterator[bytes | None]:
        """The lines that end within `data`, without their ends. The part after them is kept for the next time."""
        *complete, rest = data.split(b"\n")
        for piece in complete:
            yield self._finish(piece)
        self._keep(rest)

    def end(self) -> Iterator[bytes | None]:
        """The last line, if it has no end."""
        if self._rest or self._too_long:
            yield self._finish(b"")

    def _finish(self, piece: bytes) -> bytes | None:
        self._keep(piece)
        line = None if self._too_long else bytes(self._rest)
        self._rest = bytearray()
        self._too_long = False
        return line

    def _keep(self, piece: bytes) -> None:
        """A line that grows too long is forgotten at once; only its end is waited for."""
        if len(self._rest) + len(piece) > self._limit:
            self._rest = bytearray()
            self._too_long = True
        if not self._too_long:
            self._rest += piece
