"""The journal: writing, listing, reading and removing conversations."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from msgspec import DecodeError, ValidationError, json

from ...errors import InvalidOptionsError, InvalidSessionFileError, SessionConflictError, SessionNotFoundError
from ...loggers import OPERATIONS
from ...messages.session_info import SessionInfo
from ...options import PromptOptions, SessionOptions
from ..chat.fingerprint import Fingerprint
from ..conversation import Message, check_messages
from ..media.storing import brought_back, put_away
from .database import transaction
from .entry import Conversation, Entry, Known
from .media import read_media, remove_others, write_media

_LIST = """
select id, title, created, updated, settled, model, options, prompt_options, functions,
    (select count(*) from messages where session = sessions.id)
from sessions order by updated desc
"""
_GET = """
select revision, model, options, prompt_options, functions, settled, instead, covered from sessions where id = ?
"""
_PUT = """
insert into sessions values (
    :id, :revision, :now, :now, :title, :model, :options, :prompt_options, :functions, :settled, :instead, :covered
) on conflict (id) do update set
    revision = :revision, updated = :now, title = :title, model = :model, options = :options,
    prompt_options = :prompt_options, functions = :functions, settled = :settled, instead = :instead, covered = :covered
"""


class Journal:
    """A file of conversations; every method blocks, so call them in a thread.

    Any number of programs may use one file. Each raises `SessionFileError` when the system refuses, and
    `InvalidSessionFileError` for a file that is no journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return f"the journal {self.path}"

    def prepare(self) -> None:
        """Begin the file if it is not there, and see that it can be written."""
        with transaction(self.path, write=True):
            pass

    def list(self) -> list[SessionInfo]:
        """All conversations, the one that was used last first. One that cannot be read is left out, and logged."""
        with transaction(self.path, write=False) as database:
            rows = database.execute(_LIST).fetchall()
        return list(self._readable(rows))

    def is_as(self, session_id: str, known: Known) -> bool:
        """Whether what it says of a session is what is `known`, or nothing where nothing is."""
        with transaction(self.path, write=False) as database:
            return _revision(database, session_id) in known.revisions

    def read(self, session_id: str) -> tuple[Entry, Known]:
        """One conversation. Raises `SessionNotFoundError`."""
        with transaction(self.path, write=False) as database:
            row = database.execute(_GET, (session_id,)).fetchone()
            ordered = "select content from messages where session = ? order by position"
            contents = database.execute(ordered, (session_id,)).fetchall()
            media = read_media(database, session_id)
        if row is None:
            raise self._missing(session_id)
        entry = self._entry(session_id, row[1:], [content for (content,) in contents], media)
        return entry, Known(frozenset({row[0]}), uuid.uuid4().hex, entry.conversation.messages)

    def write(self, session_id: str, entry: Entry, known: Known) -> Known:
        """Make `entry` what the journal says of a session; what is `known` of it afterwards.

        Raises `SessionConflictError` when somebody else has changed or removed it.
        """
        said = entry.conversation
        pairs = zip(known.messages, said.messages, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        with transaction(self.path, write=True) as database:
            if _revision(database, session_id) not in known.revisions:
                raise self._conflict(session_id, known)
            media: dict[str, str] = {}
            messages, instead = put_away(said.messages, media), put_away(said.instead, media)
            database.execute(_PUT, _row(session_id, entry, known.next, instead))
            database.execute("delete from messages where session = ? and position >= ?", (session_id, same))
            new = ((session_id, same + place, _text(message)) for place, message in enumerate(messages[same:]))
            database.executemany("insert into messages values (?, ?, ?)", new)
            write_media(database, session_id, media)
            remove_others(database, session_id, media)
        return Known(frozenset({known.next}), uuid.uuid4().hex, said.messages)

    def remove(self, session_id: str) -> None:
        """Forget a conversation; its bytes are overwritten. Raises `SessionNotFoundError`."""
        with transaction(self.path, write=False) as database:
            if _revision(database, session_id) is None:
                raise self._missing(session_id)
        with transaction(self.path, write=True) as database:
            database.execute("delete from sessions where id = ?", (session_id,))

    def _readable(self, rows: Sequence[Any]) -> Iterator[SessionInfo]:
        for id_, title, created, updated, settled, model, options, prompt_options, functions, messages in rows:
            try:
                yield SessionInfo(
                    session_id=id_,
                    title=title,
                    model=json.decode(model, type=Fingerprint).name,
                    messages=messages,
                    created=created,
                    updated=updated,
                    unfinished=settled < messages,
                    options=json.decode(options, type=SessionOptions),
                    prompt_options=json.decode(prompt_options, type=PromptOptions),
                    functions=json.decode(functions, type=tuple[str, ...]),
                )
            except (DecodeError, ValidationError, TypeError) as error:
                OPERATIONS.warning("The conversation %s in %s cannot be read: %s", id_, self, error)

    def _entry(self, session_id: str, row: Sequence[Any], contents: Sequence[Any], media: dict[str, str]) -> Entry:
        model, options, prompt_options, functions, settled, instead, covered = row
        try:
            conversation = Conversation(
                messages=check_messages(brought_back([json.decode(content) for content in contents], media)),
                settled=settled,
                instead=check_messages(brought_back(json.decode(instead), media)),
                covered=covered,
                prompt_options=json.decode(prompt_options, type=PromptOptions),
                functions=json.decode(functions, type=tuple[str, ...]),
            )
            return Entry(
                model=json.decode(model, type=Fingerprint),
                options=json.decode(options, type=SessionOptions),
                conversation=conversation,
            )
        except (DecodeError, ValidationError, InvalidOptionsError, TypeError) as error:
            message = f"The conversation {session_id} in {self} is damaged or of a newer llama-worker: {error}."
            raise InvalidSessionFileError(message) from error

    def _missing(self, session_id: str) -> SessionNotFoundError:
        return SessionNotFoundError(f"There is no conversation {session_id} in {self}.")

    def _conflict(self, session_id: str, known: Known) -> SessionConflictError:
        if None in known.revisions:
            return SessionConflictError(
                f"There is another conversation {session_id} in {self}: resume it, or begin one with another id."
            )
        return SessionConflictError(
            f"The conversation {session_id} in {self} was changed or removed by somebody else: resume it again, or go "
            "on with a fork of this session."
        )


def _revision(database: sqlite3.Connection, session_id: str) -> str | None:
    row = database.execute("select revision from sessions where id = ?", (session_id,)).fetchone()
    return None if row is None else str(row[0])


def _row(session_id: str, entry: Entry, revision: str, instead: Sequence[Message]) -> dict[str, Any]:
    said = entry.conversation
    return {
        "id": session_id,
        "revision": revision,
        "now": time.time(),
        "title": said.title,
        "model": _text(entry.model),
        "options": _text(entry.options),
        "prompt_options": _text(said.prompt_options),
        "functions": _text(said.functions),
        "settled": said.settled,
        "instead": _text(instead),
        "covered": said.covered,
    }


def _text(value: Fingerprint | SessionOptions | PromptOptions | Message | Sequence[Any]) -> str:
    return json.encode(value).decode()
