"""An importance matrix as `llama-imatrix` writes it: a GGUF file with sums of squares, and counts, for each tensor."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

from msgspec import Struct

from ....errors import InvalidModelError
from ...gguf.header import GgufHeader
from ...gguf.inspect import read_header
from ...gguf.parser import GgufArray, TensorInfo
from .matrix import ImportanceMatrix, Origin, read_floats

_SUMS, _COUNTS = ".in_sum2", ".counts"
_DATASETS, _CHUNKS = "imatrix.datasets", "imatrix.chunk_count"


class GgufEntry(Struct, frozen=True):
    """Where sums and counts stand: one count for each expert."""

    path: Path
    start: int
    sums: TensorInfo
    counts: TensorInfo

    @property
    def count(self) -> int:
        return self.sums.elements

    def values(self) -> array[float]:
        """The mean of each input's squares; 1 where nothing was measured, as of an expert that nobody asked."""
        sums = read_floats(self.path, self.start + self.sums.offset, self.sums.elements)
        counts = read_floats(self.path, self.start + self.counts.offset, self.counts.elements)
        width = len(sums) // len(counts)
        for index, count in enumerate(counts):
            part = sums[index * width : (index + 1) * width]
            mean = [value / count for value in part] if count > 0 else [1.0] * width
            sums[index * width : (index + 1) * width] = array("f", mean)
        return sums


def read_gguf(path: Path) -> ImportanceMatrix:
    """The matrix in a GGUF file. Raises `InvalidModelError`."""
    header = read_header(path)
    tensors = {tensor.name: tensor for tensor in header.tensors}
    if header.text("general.type") != "imatrix" or _CHUNKS not in header.metadata:
        raise InvalidModelError(f"{path} is a GGUF file, but no importance matrix.", model=str(path))
    entries = {
        name.removesuffix(_SUMS): _entry(path, header, tensor, tensors.get(name.removesuffix(_SUMS) + _COUNTS))
        for name, tensor in tensors.items()
        if name.endswith(_SUMS)
    }
    chunks = header.metadata[_CHUNKS]
    return ImportanceMatrix(
        Origin(str(path), _dataset(path, header), chunks if isinstance(chunks, int) else 0), entries
    )


def _entry(path: Path, header: GgufHeader, sums: TensorInfo, counts: TensorInfo | None) -> GgufEntry:
    sound = counts is not None and {sums.type, counts.type} == {"F32"} and sums.elements % counts.elements == 0
    if not sound or counts is None or math.prod(sums.shape[1:]) != counts.elements:
        raise InvalidModelError(f"{path} does not say how often {sums.name} was measured.", model=str(path))
    return GgufEntry(path, header.header_bytes, sums, counts)


def _dataset(path: Path, header: GgufHeader) -> str:
    """The first of the texts that it was measured with."""
    datasets = header.metadata.get(_DATASETS)
    if not isinstance(datasets, GgufArray) or datasets.item_type != "string" or not datasets.count:
        return ""
    with path.open("rb") as file:
        file.seek(datasets.offset)
        length = int.from_bytes(file.read(8), "little")
        return file.read(min(length, 4096)).decode(errors="replace")
