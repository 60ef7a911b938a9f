"""A model that is to be written anew, whole or in parts, as one: its metadata, its tensors, their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from ..filework.meter import Meter
from ..gguf.inspect import join_files, read_header
from ..gguf.parser import TensorInfo
from ..gguf.writing import Layout, TensorReader, TensorWriter, TypedValue, read_metadata


class Sources:
    """Opens the files, whose headers are checked; use it in a `with`. Raises InvalidModelError, OSError.

    `whole`: they are all the parts of a model, as they say themselves.
    """

    def __init__(self, paths: Iterable[str | Path], *, whole: bool = True) -> None:
        files = [Path(path) for path in paths]
        headers = [read_header(path) for path in files]
        self.header = join_files(headers) if whole else headers[0]
        self.metadata: dict[str, TypedValue] = read_metadata(files[0], headers[0])
        self._open = ExitStack()
        self._places: dict[str, tuple[TensorReader, TensorInfo]] = {}
        for path, header in zip(files, headers, strict=True):
            reader = self._open.enter_context(TensorReader(path, header))
            self._places |= {info.name: (reader, info) for info in header.tensors}

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def tensors(self) -> tuple[TensorInfo, ...]:
        """All tensors, those of the first part first."""
        return self.header.tensors

    def write(self, path: Path, layout: Layout, meter: Meter) -> None:
        """Write those tensors that the layout has into a file; what an attempt before has written there stays."""
        whole = _whole_tensors(path, layout)
        meter.begin(path.name)
        with path.open("r+b" if path.exists() else "wb") as file:
            writer = TensorWriter(file, layout, whole)
            for index, info in enumerate(layout.tensors):
                if index < whole:
                    meter.add(info.size_bytes, resumed=True)
                else:
                    writer.write(self._counted(info.name, meter))
                meter.end_part()
            file.flush()
            os.fsync(file.fileno())

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a tensor. Raises OSError, InvalidModelError."""
        reader, info = self._places[name]
        return reader.pieces(info)

    def _counted(self, name: str, meter: Meter) -> Iterator[bytes]:
        for piece in self.pieces(name):
            yield piece
            meter.add(len(piece), len(piece))


def _whole_tensors(path: Path, layout: Layout) -> int:
    """How many tensors an attempt before has written into this file, if it was this layout's."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        if file.read(len(layout.header)) != layout.header:
            return 0
    size = path.stat().st_size - layout.data_offset
    return sum(info.offset + info.size_bytes + layout.padding(info) <= size for info in layout.tensors)
