"""The page's conversations, in SQLite."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ..loggers import HTTP
from .problems import Problem

_SCHEMA = """
create table if not exists conversations (
    id text primary key, title text not null, updated real not null, content text not null
);
create index if not exists conversations_by_time on conversations (updated desc);
"""
_SEARCH = """
select id, title, updated from conversations
where title like ?1 escape '\\' or content like ?1 escape '\\' order by updated desc limit ?2
"""
_MOST = 500


class Conversation(Struct, kw_only=True, forbid_unknown_fields=True):
    """What the page keeps of a conversation; `messages` are the protocol's, with what the page adds to them."""

    title: Annotated[str, Meta(max_length=300)] = ""
    model: Annotated[str, Meta(max_length=1024)] = ""
    system: str = ""
    options: dict[str, Any] = {}
    messages: Annotated[list[dict[str, Any]], Meta(max_length=10_000)] = []


class ConversationStore:
    """A file of conversations, or memory; every method touches the disk, so call them in a thread.

    Each raises `Problem` for a file that is broken or out of reach; it is opened anew for the next call.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def list(self, search: str = "") -> list[dict[str, Any]]:
        """Titles, newest first; with `search` those whose title or text contains it."""
        pattern = "%" + "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in search) + "%"
        with self._opened() as database:
            rows = database.execute(_SEARCH, (pattern, _MOST)).fetchall()
        return [{"id": id_, "title": title, "updated": updated} for id_, title, updated in rows]

    def get(self, conversation_id: str) -> dict[str, Any] | None:
        """One conversation; None when there is none."""
        with self._opened() as database:
            row = database.execute(
                "select content, updated from conversations where id = ?", (conversation_id,)
            ).fetchone()
            return None if row is None else msgspec.json.decode(row[0]) | {"id": conversation_id, "updated": row[1]}

    def put(self, conversation_id: str, conversation: Conversation) -> float:
        """Write one, new or not; gives its time."""
        updated = time.time()
        content = msgspec.json.encode(conversation).decode()
        with self._opened() as database:
            database.execute(
                "insert or replace into conversations values (?, ?, ?, ?)",
                (conversation_id, conversation.title, updated, content),
            )
        return updated

    def delete(self, conversation_id: str) -> bool:
        """Remove one; tells whether it was there."""
        with self._opened() as database:
            return database.execute("delete from conversations where id = ?", (conversation_id,)).rowcount > 0

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._database:
            self._database.close()
            self._database = None

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._database is None:
                    self._database = _open(self._path)
                with self._database:
                    yield self._database
            except (sqlite3.Error, OSError, ValueError, TypeError) as error:
                self._close()
                raise self._unusable(error) from error

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
    """Where this user's programs keep their data."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "llama-worker" / "conversations.db"
