"""Where a task writes: a folder beside its target, which stays when it is ended early, and is one process's alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from ...errors import FileWorkError
from .disk import explain_os_error
from .task import FileTask

SUFFIX = ".unfinished"
_LOCK = ".lock"


class Workplace:
    """The folder is called as the target with `.unfinished` behind it; all of its methods touch the disk."""

    def __init__(self, task: FileTask) -> None:
        from filelock import FileLock

        self._target = Path(task.target)
        self._overwrite = task.overwrite
        self.folder = self._target.with_name(self._target.name + SUFFIX)
        self._lock = FileLock(self.folder / _LOCK, timeout=0, thread_local=False)

    def open(self) -> None:
        """Make the folder and own it. Raises `FileWorkError`: the target is there already, somebody else writes it,
        nothing can be written there."""
        if self._target.is_dir():
            raise FileWorkError(f"{self._target} is a folder: name a file in it.", reason="exists")
        if self._target.exists() and not self._target.is_file():  # a device, which would become a file
            raise FileWorkError(f"{self._target} is no plain file: name another file.", reason="exists")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except TimeoutError as error:
            message = f"{self._target} is being written already: wait for that to end, or name another file."
            raise FileWorkError(message, reason="in_use") from error
        except OSError as error:
            raise explain_os_error(error, self.folder.parent) from error
        if self._target.exists() and not self._overwrite:
            message = f"{self._target} is there already: name another file, or allow to overwrite it."
            raise FileWorkError(message, reason="exists")

    def deliver(self, names: Iterable[str]) -> None:
        """Move what is whole beside the target, each under its own name; the rest goes. Raises `FileWorkError`."""
        try:
            for name in names:
                (self.folder / name).replace(self._target.with_name(name))
            for path in self.folder.iterdir():
                if path.name != _LOCK:
                    path.unlink()
        except OSError as error:
            raise explain_os_error(error, self._target.parent) from error

    def close(self) -> None:
        """Let go of the folder, which is removed when nothing is in it: nobody has begun, or all is done."""
        if not self._lock.is_locked:
            return
        with contextlib.suppress(OSError):
            if [path.name for path in self.folder.iterdir()] == [_LOCK]:
                (self.folder / _LOCK).unlink()
                self.folder.rmdir()
        self._lock.release()
