"""Responses that a later request may go on with, or ask for."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from .database import Database

Object = dict[str, Any]
LARGEST = 16 * 2**20
"""Bytes of one response with what it answers; a larger one is not kept."""
LARGEST_TOTAL = 256 * 2**20
"""Bytes of all; the oldest make room."""
_LONGEST_CHAIN = 1000
_ROOM = """
delete from responses where number not in (
    select number from (
        select number, sum(size) over (order by number desc) as total, row_number() over (order by number desc) as place
        from responses
    ) where total <= ? and place <= ?
)
"""


class StoredResponse(Struct, frozen=True):
    """A response, the items that it answers, and the response before it."""

    response: Object
    input: list[Object]
    previous: str | None = None


class ResponseStore:
    """The newest `most` in a database; every method touches the disk, so call them in a thread, and raises `Problem`
    when that cannot be used."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most

    @property
    def keeps(self) -> bool:
        """Whether any are kept."""
        return self._most > 0

    def get(self, response_id: str) -> StoredResponse | None:
        """One of them; None when there is none."""
        query = "select response, input, previous from responses where id = ?"
        with self._database.opened() as database:
            row = database.execute(query, (response_id,)).fetchone()
            return row and StoredResponse(msgspec.json.decode(row[0]), msgspec.json.decode(row[1]), row[2])

    def conversation(self, response_id: str) -> list[Object] | None:
        """All that was said up to the end of a response, as items; None when a part of it is not there."""
        chain: list[StoredResponse] = []
        following: str | None = response_id
        while following is not None:
            stored = self.get(following)
            if stored is None or len(chain) >= _LONGEST_CHAIN:
                return None
            chain.append(stored)
            following = stored.previous
        return [item for stored in reversed(chain) for item in (*stored.input, *stored.response["output"])]

    def put(self, stored: StoredResponse) -> bool:
        """Keep one, and make room for it; tells whether it is kept."""
        response, items = msgspec.json.encode(stored.response), msgspec.json.encode(stored.input)
        size = len(response) + len(items)
        if not self.keeps or size > LARGEST:
            return False
        row = (stored.response["id"], stored.previous, items.decode(), response.decode(), size)
        with self._database.opened() as database:
            database.execute("insert into responses (id, previous, input, response, size) values (?, ?, ?, ?, ?)", row)
            database.execute(_ROOM, (LARGEST_TOTAL, self._most))
        return True

    def delete(self, response_id: str) -> bool:
        """Remove one; tells whether it was there."""
        with self._database.opened() as database:
            return database.execute("delete from responses where id = ?", (response_id,)).rowcount > 0
