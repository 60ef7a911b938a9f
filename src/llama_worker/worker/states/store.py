"""Where states are kept: one file each, named by its digest, in a folder for each model and its settings.

A file is whole or not there, because it is renamed into place. Which of them was used last is its date. So there is no
index that could be damaged, several processes may use one directory, and all of it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
import weakref
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from ...engine.process.directory import create_roomy_directory, remove_directory
from .state_file import digest_of, read_tokens

_ENDING = ".state"
_INCOMING = ".incoming-"
_LOCK = ".lock"
_LOCK_SECONDS = 5.0


class StoredState(Struct, frozen=True):
    """A state that is kept. `tokens` are in the form of `read_tokens`, `size` is in bytes."""

    digest: str
    tokens: bytes
    size: int


class StateStore:
    """States of at most `limit` bytes in all; those used longest ago go first.

    Without a `directory` they lie in a private one, which is made for the first of them and removed by `close`, or with
    the program. The methods block: call them in a thread.
    """

    def __init__(self, directory: Path | None, limit: int) -> None:
        self.chosen = directory
        self.limit = limit
        self._directory = directory
        self._own: weakref.finalize[[str], StateStore] | None = None
        self._closed = False
        self._working = threading.Lock()

    @property
    def takes(self) -> bool:
        """Whether anything will be kept."""
        return self.limit > 0 and not self._closed

    def states(self, key: str) -> list[StoredState]:
        """What is kept under `key`, the state used last first. What cannot be read is not there."""
        found = []
        if self._directory is not None:
            for path, status in _newest_first(_files(self._directory / key)):
                with contextlib.suppress(OSError):
                    if tokens := read_tokens(path):
                        found.append(StoredState(path.stem, tokens, status.st_size))
        return found

    def put(self, key: str, path: Path, known: Iterable[StoredState] = ()) -> StoredState | None:
        """Take the file at `path`, which is gone then: a state that is kept from now on, None when it cannot be.

        Of the `known` ones those that it goes on from are removed; when one of them holds it already, that is given.
        Raises OSError.
        """
        try:
            with self._working:
                return self._put(key, path, known) if self.takes else None
        finally:
            path.unlink(missing_ok=True)

    def lend(self, key: str, state: StoredState, to: Path) -> bool:
        """Let the state be found at `to` as well; False when it is gone or damaged, and then it is removed.

        Raises OSError.
        """
        if self._directory is None:
            return False
        path = self._path(key, state.digest)
        try:
            _link(path, to)
        except FileNotFoundError:
            return False
        if digest_of(to) != state.digest:
            to.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            return False
        self._touch(key, state)
        return True

    def remove(self, key: str, state: StoredState) -> None:
        """Forget a state. Raises OSError."""
        if self._directory is not None:
            self._path(key, state.digest).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove a private directory, and take nothing more; one that was chosen stays as it is."""
        with self._working:
            if self.chosen is None:
                self._closed, self._directory = True, None
            if self._own:
                self._own()

    def _put(self, key: str, path: Path, known: Iterable[StoredState]) -> StoredState | None:
        tokens, size = read_tokens(path), path.stat().st_size
        if not tokens or size > self.limit:
            return None
        for state in known:
            if state.tokens.startswith(tokens):
                self._touch(key, state)
                return state
        state = StoredState(digest_of(path), tokens, size)
        folder = self._made() / key
        folder.mkdir(mode=0o700, exist_ok=True)
        replaced = [self._path(key, other.digest) for other in known if tokens.startswith(other.tokens)]
        with _alone(folder.parent) as alone:
            if alone:
                _take(path, self._path(key, state.digest), self.limit - size, replaced)
        return state if alone else None

    def _made(self) -> Path:
        if self._directory is None:
            own = create_roomy_directory()
            self._own = weakref.finalize(self, remove_directory, own)
            self._directory = Path(own)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._directory

    def _path(self, key: str, digest: str) -> Path:
        assert self._directory is not None
        return self._directory / key / f"{digest}{_ENDING}"

    def _touch(self, key: str, state: StoredState) -> None:
        with contextlib.suppress(OSError):
            os.utime(self._path(key, state.digest))


def _files(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from folder.glob(f"*{_ENDING}")


def _newest_first(paths: Iterable[Path]) -> list[tuple[Path, os.stat_result]]:
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            found.append((path, path.lstat()))
    return sorted(found, key=lambda each: each[1].st_mtime_ns, reverse=True)


@contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    """Be the only one who adds and removes; False when another process takes too long over it."""
    from filelock import FileLock

    lock = FileLock(directory / _LOCK, timeout=_LOCK_SECONDS, mode=0o600)
    try:
        lock.acquire()
    except TimeoutError:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _take(path: Path, to: Path, room: int, replaced: Collection[Path]) -> None:
    directory = to.parent.parent
    _clear_incoming(directory)
    _make_room(directory, room, replaced)
    _move(path, to)
    for other in replaced:
        other.unlink(missing_ok=True)


def _clear_incoming(directory: Path) -> None:
    """Remove what a process was killed over: only who holds the lock makes such files."""
    for path in directory.glob(f"*/{_INCOMING}*"):
        path.unlink(missing_ok=True)


def _make_room(directory: Path, limit: int, first: Collection[Path]) -> None:
    """Remove those `first`, then the states used longest ago, until the others have at most `limit` bytes."""
    total = 0
    found = _newest_first(directory.glob(f"*/*{_ENDING}"))
    for path, status in sorted(found, key=lambda each: each[0] in first):
        total += status.st_size
        if total > limit:
            path.unlink(missing_ok=True)


def _move(path: Path, to: Path) -> None:
    """As a rename, also from another file system."""
    path.chmod(0o600)
    os.utime(path)
    try:
        path.replace(to)
    except OSError:
        incoming = to.with_name(_INCOMING + uuid.uuid4().hex)
        try:
            _copy(path, incoming)
            incoming.chmod(0o600)
            incoming.replace(to)
        finally:
            incoming.unlink(missing_ok=True)


def _copy(path: Path, to: Path) -> None:
    from shutil import copyfile  # which takes longer to import than all else here

    copyfile(path, to)


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        _copy(path, to)
        to.chmod(0o600)
