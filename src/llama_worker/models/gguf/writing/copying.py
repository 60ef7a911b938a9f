"""What stands in an existing file, byte for byte: to be written into another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ....errors import InvalidModelError
from ..header import GgufHeader
from ..parser import TensorInfo
from .values import TypedValue

_PIECE = 4 << 20


def read_metadata(path: Path, header: GgufHeader) -> dict[str, TypedValue]:
    """All metadata of the file whose checked header this is, in its order. Raises OSError, InvalidModelError."""
    values: dict[str, TypedValue] = {}
    with path.open("rb") as file:
        for key, place in header.places.items():
            file.seek(place.start)
            data = file.read(place.end - place.start)
            _require(len(data) == place.end - place.start, path)
            values[key] = TypedValue(place.type, data)
    return values


class TensorReader:
    """The tensors' bytes of a file whose checked header is known. Close it, or use it in a `with`."""

    def __init__(self, path: Path, header: GgufHeader) -> None:
        self._path = path
        self._start = header.header_bytes
        self._file = path.open("rb", buffering=0)

    def __enter__(self) -> TensorReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def pieces(self, tensor: TensorInfo, piece: int = _PIECE) -> Iterator[bytes]:
        """The bytes of one tensor, at most `piece` at a time. Raises OSError, InvalidModelError."""
        at, left = self._start + tensor.offset, tensor.size_bytes
        while left:
            self._file.seek(at)
            data = self._file.read(min(piece, left))
            _require(bool(data), self._path)
            yield data
            at, left = at + len(data), left - len(data)


def _require(whole: bool, path: Path) -> None:
    if not whole:
        raise InvalidModelError(f"{path} became shorter while it was read.", model=str(path))
