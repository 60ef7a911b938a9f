"""The journal's file: an SQLite database, opened for one transaction and closed again.

So an idle program holds nothing open that a forked child could inherit, or that had to be closed when an event loop or
the program ends. `synchronous = extra` makes a transaction that has ended outlast a power cut too, if the disk does
what it says.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...errors import InvalidSessionFileError, SessionFileError

VERSION = 1
APPLICATION_ID = 0x6C776A31
"""What SQLite keeps in the file to tell whose it is: "lwj1"."""
BUSY_SECONDS = 10.0
"""How long a transaction of another program is waited for; one takes some milliseconds."""
_SCHEMA = f"""
create table sessions (
    id text primary key not null, revision text not null, created real not null, updated real not null,
    title text not null, model text not null, options text not null, prompt_options text not null,
    functions text not null, settled integer not null, instead text not null, covered integer not null
) without rowid;
create table messages (
    session text not null references sessions (id) on delete cascade,
    position integer not null, content text not null, primary key (session, position)
) without rowid;
pragma application_id = {APPLICATION_ID};
pragma user_version = {VERSION};
"""
_BEFORE_ANY_TABLE = "pragma auto_vacuum = full;"  # what is removed makes the file smaller
_PRAGMAS = """
pragma secure_delete = on;
pragma foreign_keys = on;
pragma synchronous = extra;
pragma fullfsync = on;
"""
# What SQLite says when it is the system that refuses; anything else it refuses is wrong with the file.
_REFUSED = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_AUTH: errno.EACCES,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
    sqlite3.SQLITE_PROTOCOL: errno.EBUSY,
    sqlite3.SQLITE_NOLFS: errno.EFBIG,
    sqlite3.SQLITE_NOMEM: errno.ENOMEM,
    sqlite3.SQLITE_TOOBIG: errno.EFBIG,
}
# Closing any descriptor of a file gives up all of a process's locks on it (POSIX): none may be open when one is closed.
_creating = threading.Lock()


@contextmanager
def transaction(path: Path, *, write: bool) -> Iterator[sqlite3.Connection]:
    """A transaction that is whole or was never there; it blocks, so use it in a thread.

    Reading creates no file: what is not there reads as an empty journal. Raises `SessionFileError` when the system
    refuses, and `InvalidSessionFileError` for a file that is no journal, of a newer version or damaged.
    """
    with _typed_errors(path):
        if write:
            _create(path)
        database = _connect(path, write=write)
        try:
            database.execute("begin immediate" if write else "begin")
            if _is_empty(database, path):
                if not write:
                    database.close()
                    database = _in_memory()
                _create_tables(database)
            yield database
            if database.in_transaction:
                database.execute("commit")
        finally:
            database.close()


def _create(path: Path) -> None:
    """An empty file that only this user can read, in a folder that is made if need be."""
    with _creating:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _connect(path: Path, *, write: bool) -> sqlite3.Connection:
    if not path.exists() and not path.is_symlink():
        return _in_memory()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    database = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        if write:
            database.executescript(_PRAGMAS if path.stat().st_size else _BEFORE_ANY_TABLE + _PRAGMAS)
    except BaseException:
        database.close()
        raise
    return database


def _in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


def _is_empty(database: sqlite3.Connection, path: Path) -> bool:
    """Whether nothing was ever written into the file. Raises `InvalidSessionFileError` when it is another's."""
    ((application,),) = database.execute("pragma application_id")
    ((version,),) = database.execute("pragma user_version")
    if application == APPLICATION_ID and version <= VERSION:
        return False
    if application == APPLICATION_ID:
        message = f"The journal {path} has version {version}: it was written by a newer llama-worker."
        raise InvalidSessionFileError(message)
    ((tables,),) = database.execute("select count(*) from sqlite_master")
    if application or version or tables:
        raise InvalidSessionFileError(f"{path} is a database of another program, and no journal of llama-worker.")
    return True


def _create_tables(database: sqlite3.Connection) -> None:
    """Within the transaction: a file has them all or none."""
    for statement in _SCHEMA.split(";\n"):
        database.execute(statement)


@contextmanager
def _typed_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, SessionFileError):
            raise
        raise _refused(path, error.errno, error.strerror or str(error)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF  # the rest says more of the same
        if code in _REFUSED:
            raise _refused(path, _REFUSED[code], str(error)) from error
        message = f"The journal {path} is damaged or no journal ({error}): move it away, and a new one is begun."
        raise InvalidSessionFileError(message) from error


def _refused(path: Path, number: int | None, reason: str) -> SessionFileError:
    refused = SessionFileError(
        f"The journal {path} cannot be used: {reason}. See that the disk has room and the file can be written to."
    )
    refused.errno = number
    return refused
