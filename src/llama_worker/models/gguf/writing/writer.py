"""Writes a file after its layout: the header, and then each tensor's bytes as they come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from ..parser import TensorInfo
from .layout import Layout


class TensorWriter:
    """Writes `layout` into `file`, which is open for writing bytes; the tensors in the layout's order.

    With `written` that many tensors are whole in the file already (an attempt before left them), and writing goes on
    behind them: what stands there beyond is cut off.
    """

    def __init__(self, file: BinaryIO, layout: Layout, written: int = 0) -> None:
        self._file = file
        self._layout = layout
        self.written = written
        file.seek(0)
        file.write(layout.header)
        if written:
            last = layout.tensors[written - 1]
            file.seek(layout.data_offset + last.offset + last.size_bytes + layout.padding(last))
        file.truncate()

    @property
    def next(self) -> TensorInfo | None:
        """The tensor whose bytes come next; None when all are there."""
        return self._layout.tensors[self.written] if self.written < len(self._layout.tensors) else None

    def write(self, pieces: bytes | memoryview | Iterable[bytes | memoryview]) -> None:
        """Write all bytes of the next tensor, whole or in pieces.

        Raises ValueError when they are more or fewer than the layout says, and OSError.
        """
        info = self.next
        if info is None:
            raise ValueError("all tensors are written already")
        count = sum(self._file.write(piece) for piece in _pieces(pieces))
        if count != info.size_bytes:
            raise ValueError(f"{info.name} has {info.size_bytes} bytes, written were {count}")
        self._file.write(bytes(self._layout.padding(info)))
        self.written += 1


def _pieces(pieces: bytes | memoryview | Iterable[bytes | memoryview]) -> Iterable[bytes | memoryview]:
    return (pieces,) if isinstance(pieces, (bytes, memoryview)) else pieces
