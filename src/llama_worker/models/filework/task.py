"""What a task on model files is, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...messages.events import Processing

Report = Callable[[Processing], None]


class Finished(Struct, frozen=True, kw_only=True):
    """What came of a task: `files` are the names, within its folder, of what shall be moved beside its target; `facts`
    are plain JSON values about them."""

    files: tuple[str, ...]
    facts: dict[str, Any] = {}


class FileTask(Struct, frozen=True, kw_only=True, tag=True):
    """Base of the tasks, as they go to the process that does them: paths are absolute.

    `target`: the file that is there in the end (of several the first); what is written goes beside it first.
    `overwrite`: whether one that is there already may be replaced. `threads`: how many compute; None: one for each
    processor that may be used.
    """

    target: str
    overwrite: bool = False
    threads: int | None = None

    def reads(self) -> tuple[str, ...]:
        """The files and folders that it must be able to read, beside the system's and Python's own."""
        raise NotImplementedError

    def run(self, folder: Path, report: Report) -> Finished:
        """Do it, in the child process: nothing but `folder` can be written to. Raises an error of this package."""
        raise NotImplementedError
