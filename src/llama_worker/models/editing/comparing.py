"""What is different in two files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

from ...messages.files import FileDifferences, TensorDifference, TensorEntry
from .describing import metadata_differences, tensor_entry
from .sources import Sources


def compare(
    files: Sequence[Path], others: Sequence[Path], *, contents: bool = False, stop: Callable[[], bool] = lambda: False
) -> FileDifferences:
    """Compare two models, each in one file or in its parts. With `contents` tensors are compared byte by byte, until
    `stop` says so. Raises InvalidModelError, OSError."""
    with Sources(files) as one, Sources(others) as other:
        tensors = _tensors(one, other)
        differing = {difference.name for difference in tensors}
        same = [info.name for info in one.tensors if info.name not in differing]
        return FileDifferences(
            metadata=metadata_differences((one.header, one.metadata), (other.header, other.metadata)),
            tensors=tensors,
            contents=[name for name in same if not stop() and _differ(one, other, name)] if contents else None,
        )


def _tensors(one: Sources, other: Sources) -> list[TensorDifference]:
    ours = {info.name: tensor_entry(info) for info in one.tensors}
    theirs = {info.name: tensor_entry(info) for info in other.tensors}
    return [_tensor_difference(name, ours, theirs) for name in ours | theirs if ours.get(name) != theirs.get(name)]


def _tensor_difference(name: str, ours: dict[str, TensorEntry], theirs: dict[str, TensorEntry]) -> TensorDifference:
    return TensorDifference(name=name, before=ours.get(name), after=theirs.get(name))


def _differ(one: Sources, other: Sources, name: str) -> bool:
    return any(left != right for left, right in zip_longest(one.pieces(name), other.pieces(name)))
