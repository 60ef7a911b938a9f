"""The images and sounds of a journal's conversations: each once for a conversation that has it, by its digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

_SCHEMA = """
create table if not exists media (
    session text not null references sessions (id) on delete cascade,
    digest text not null, content text not null, primary key (session, digest)
)
"""
_THERE = "select count(*) from sqlite_master where type = 'table' and name = 'media'"


def write_media(database: sqlite3.Connection, session_id: str, media: dict[str, str]) -> None:
    """Keep what is not kept yet. The table is made with the first image: older versions read what has none."""
    if media:
        database.execute(_SCHEMA)
        rows = ((session_id, digest, content) for digest, content in media.items())
        database.executemany("insert or ignore into media values (?, ?, ?)", rows)


def remove_others(database: sqlite3.Connection, session_id: str, kept: Iterable[str]) -> None:
    """Forget what a conversation had and has no more; its bytes are overwritten."""
    if _is_there(database):
        digests = set(kept)
        for (digest,) in database.execute("select digest from media where session = ?", (session_id,)).fetchall():
            if digest not in digests:
                database.execute("delete from media where session = ? and digest = ?", (session_id, digest))


def read_media(database: sqlite3.Connection, session_id: str) -> dict[str, str]:
    """All images and sounds of a conversation by their digests."""
    if not _is_there(database):
        return {}
    found = database.execute("select digest, content from media where session = ?", (session_id,))
    return {str(digest): str(content) for digest, content in found}


def _is_there(database: sqlite3.Connection) -> bool:
    ((tables,),) = database.execute(_THERE)
    return bool(tables)
