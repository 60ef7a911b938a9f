"""The page's conversations."""

from __future__ import annotations

import time
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from .database import Database

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
    """Those in a database; every method touches the disk, so call them in a thread, and raises `Problem` when that
    cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, search: str = "") -> list[dict[str, Any]]:
        """Titles, newest first; with `search` those whose title or text contains it."""
        pattern = "%" + "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in search) + "%"
        with self._database.opened() as database:
            rows = database.execute(_SEARCH, (pattern, _MOST)).fetchall()
        return [{"id": id_, "title": title, "updated": updated} for id_, title, updated in rows]

    def get(self, conversation_id: str) -> dict[str, Any] | None:
        """One conversation; None when there is none."""
        with self._database.opened() as database:
            row = database.execute(
                "select content, updated from conversations where id = ?", (conversation_id,)
            ).fetchone()
            return None if row is None else msgspec.json.decode(row[0]) | {"id": conversation_id, "updated": row[1]}

    def put(self, conversation_id: str, conversation: Conversation) -> float:
        """Write one, new or not; gives its time."""
        updated = time.time()
        content = msgspec.json.encode(conversation).decode()
        with self._database.opened() as database:
            database.execute(
                "insert or replace into conversations values (?, ?, ?, ?)",
                (conversation_id, conversation.title, updated, content),
            )
        return updated

    def delete(self, conversation_id: str) -> bool:
        """Remove one; tells whether it was there."""
        with self._database.opened() as database:
            return database.execute("delete from conversations where id = ?", (conversation_id,)).rowcount > 0
