"""The SQLite file of a server, or memory."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...config.folders import data_folder
from ...loggers import HTTP
from ..problems import Problem

_SCHEMA = """
create table if not exists conversations (
    id text primary key, title text not null, updated real not null, content text not null
);
create index if not exists conversations_by_time on conversations (updated desc);
create table if not exists responses (
    number integer primary key autoincrement, id text not null unique, previous text, input text not null,
    response text not null, size integer not null
);
"""


class Database:
    """Opened when it is first used. What is done with it touches the disk, so do it in a thread."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises `Problem` for a file that is broken or out of reach; the next call opens it anew."""
        with self._lock:
            try:
                if self._database is None:
                    self._database = _open(self._path)
                with self._database:
                    yield self._database
            except (sqlite3.Error, OSError, ValueError, TypeError) as error:
                self._close()
                raise self._unusable(error) from error

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._database:
            self._database.close()
            self._database = None

    def _unusable(self, error: Exception) -> Problem:
        HTTP.warning("The conversations in %s cannot be used: %s", self._path, error)
        message = (
            f"The conversations cannot be read or written ({error}): see that the disk has room, or move their file "
            "away and a new one is begun."
        )
        return Problem(503, message, code="conversations_unavailable")


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    database = sqlite3.connect(path or ":memory:", check_same_thread=False)
    try:
        database.execute("pragma journal_mode = wal")
        database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


def default_path() -> Path:
    """Where this user's conversations are."""
    return data_folder() / "conversations.db"
