"""An importance matrix, read as far as it is asked."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ....errors import InvalidModelError
from ...gguf.parser import TensorInfo
from ..rules.kinds import EMBEDDINGS


class Entry(Protocol):
    """What a file holds about one tensor."""

    @property
    def count(self) -> int:
        """How many values there are: one for each input, of each expert."""

    def values(self) -> array[float]:
        """Those values; reads the file."""


class Origin(Struct, frozen=True):
    """Where it comes from, which is written into what is made with it; `chunks` is 0 when that is not told."""

    file: str
    dataset: str = ""
    chunks: int = 0


class ImportanceMatrix:
    """The entries of a file by the names of tensors."""

    def __init__(self, origin: Origin, entries: Mapping[str, Entry]) -> None:
        self.origin = origin
        self._entries = entries
        self._cached = lru_cache(maxsize=4)(self._values)

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def covers(self, tensor: TensorInfo) -> bool:
        """Whether there are values for the tensor. Raises `InvalidModelError` when they are those of another model."""
        entry = self._entries.get(tensor.name)
        if entry is None:
            return False
        wanted = tensor.shape[0] * math.prod(tensor.shape[2:3])
        if entry.count == wanted:
            return True
        if tensor.name in EMBEDDINGS:  # a table that is looked up: nothing was measured, whatever stands there
            return False
        message = (
            f"{self.origin.file} has {entry.count} values for {tensor.name}, which needs {wanted}: it was made for "
            "another model."
        )
        raise InvalidModelError(message, model=self.origin.file)

    def values(self, name: str) -> array[float]:
        """The values of a tensor, those of each expert after another. Raises `InvalidModelError`."""
        return self._cached(name)

    def _values(self, name: str) -> array[float]:
        values = self._entries[name].values()
        if not all(map(math.isfinite, values)):
            message = f"{self.origin.file} has values for {name} that are no numbers: make it again."
            raise InvalidModelError(message, model=self.origin.file)
        return values


def read_floats(path: Path, offset: int, count: int) -> array[float]:
    """So many floats of a file, as they stand there. Raises `InvalidModelError` when it ends before."""
    values = array("f")
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(count * values.itemsize)
    if len(data) != count * values.itemsize:
        raise InvalidModelError(f"{path} became shorter while it was read.", model=str(path))
    values.frombytes(data)
    return values
