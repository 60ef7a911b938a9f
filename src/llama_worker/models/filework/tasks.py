"""Every task by its name: what a process for file work can be told to do."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, json

from .task import FileTask


def _convert() -> type[FileTask]:
    from ..converting.task import ConvertTask

    return ConvertTask


def _edit() -> type[FileTask]:
    from ..editing.rewriting import EditTask

    return EditTask


def _merge() -> type[FileTask]:
    from ..editing.merging import MergeTask

    return MergeTask


def _quantize() -> type[FileTask]:
    from ..quantizing.task import QuantizeTask

    return QuantizeTask


def _split() -> type[FileTask]:
    from ..editing.splitting import SplitTask

    return SplitTask


# A function for each, which imports it when it is wanted.
TASKS: dict[str, Callable[[], type[FileTask]]] = {
    "ConvertTask": _convert,
    "EditTask": _edit,
    "MergeTask": _merge,
    "QuantizeTask": _quantize,
    "SplitTask": _split,
}


class _Named(Struct, frozen=True):
    type: str


def decode_task(line: bytes) -> FileTask:
    """The task that a program has written as JSON."""
    kind = TASKS[json.decode(line, type=_Named).type]()
    return json.decode(line, type=kind)
