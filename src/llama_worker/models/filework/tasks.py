"""Every task by its name: what a process for file work can be told to do."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, json

from .task import FileTask


def _edit_metadata() -> type[FileTask]:
    from ..editing.rewriting import EditTask

    return EditTask


def _merge_model() -> type[FileTask]:
    from ..editing.merging import MergeTask

    return MergeTask


def _split_model() -> type[FileTask]:
    from ..editing.splitting import SplitTask

    return SplitTask


# A function for each, which imports it when it is wanted.
TASKS: dict[str, Callable[[], type[FileTask]]] = {
    "EditTask": _edit_metadata,
    "MergeTask": _merge_model,
    "SplitTask": _split_model,
}


class _Named(Struct, frozen=True):
    type: str


def decode_task(line: bytes) -> FileTask:
    """The task that a program has written as JSON."""
    kind = TASKS[json.decode(line, type=_Named).type]()
    return json.decode(line, type=kind)
