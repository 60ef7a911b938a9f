"""Keeps a session's entry in the journal up to date."""

from __future__ import annotations

import asyncio
import os
import threading
import uuid
from typing import TYPE_CHECKING

from ...ending import wait_to_the_end
from ...errors import InvalidOptionsError, WorkerClosedError
from ...options import SessionOptions
from ..home import running_loop
from .entry import Conversation, Entry, Known, nothing_known
from .journals import ModelJournal

if TYPE_CHECKING:
    from .journal import Journal


class Recorder:
    """Writes what a session notes, in the order of the notes; of several that wait only the last is written.

    Without a journal, and in a process that was forked from the session's own, nothing is.
    """

    def __init__(
        self, book: ModelJournal, options: SessionOptions, session_id: str | None = None, known: Known | None = None
    ) -> None:
        self.id = session_id or uuid.uuid4().hex
        self._book = book
        self._options = options
        self._known = known or nothing_known()
        self._wanted: Conversation | None = None
        self._written: Conversation | None = None
        self._writing: asyncio.Task[None] | None = None
        self._one_at_a_time = threading.Lock()
        self._process = os.getpid()

    async def claim_id(self, session_id: str) -> None:
        """Be known by that id. Raises `InvalidOptionsError` when the journal has another session of that id."""
        self.id = session_id
        if self._book.journal is not None and not await asyncio.to_thread(self._is_mine, self._book.journal):
            message = f"There is a session {session_id} in {self._book.journal}: resume it, or choose another id."
            raise InvalidOptionsError(message, path="sessionId")

    def note(self, conversation: Conversation) -> None:
        """Have it written soon; a session is entered with the first message that is said in it."""
        if self._book.journal is None or self._process != os.getpid():
            return
        if self._wanted is not None or self._known.messages or conversation.begun:
            self._wanted = conversation
            if running_loop() is not None:
                self._begin()

    async def flush(self) -> None:
        """Return when everything that was noted is in the journal. Being cancelled here does not keep it from that.

        Raises `SessionFileError`, `SessionConflictError`, `InvalidSessionFileError`; the next note or `flush` tries
        again.
        """
        if self._process != os.getpid():
            raise WorkerClosedError("The session belongs to the process that this one was forked from.")
        while self._wanted != self._written:
            await wait_to_the_end(self._begin())

    def _begin(self) -> asyncio.Task[None]:
        running = self._writing
        if running is None or running.done() or running.get_loop() is not asyncio.get_running_loop():
            running = self._writing = asyncio.create_task(self._write())
            self._book.watch(running)
        return running

    async def _write(self) -> None:
        while self._wanted is not None and self._wanted != self._written:
            conversation, model = self._wanted, await self._book.fingerprint()
            await asyncio.to_thread(self._put, Entry(model=model, options=self._options, conversation=conversation))

    def _is_mine(self, journal: Journal) -> bool:
        """In a thread. What was noted may be written under the new id before this looks."""
        with self._one_at_a_time:
            return journal.is_as(self.id, self._known)

    def _put(self, entry: Entry) -> None:
        """In a thread, which goes on when nobody waits for it any more: so it is here that the session learns of it."""
        assert self._book.journal is not None
        with self._one_at_a_time:
            known = self._known
            self._known = Known(known.revisions | {known.next}, known.next)  # unless it comes through for sure
            self._known = self._book.journal.write(self.id, entry, known)
            self._written = entry.conversation
