"""A worker's methods that concern its journal, and no model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...messages.session_info import SessionInfo
from ...options import LlamaOptions

if TYPE_CHECKING:
    from .journal import Journal


class KeepsJournal:
    """What is in the journal: for `LlamaWorker`, whose options say where that is."""

    _options: LlamaOptions

    async def list_sessions(self) -> list[SessionInfo]:
        """The conversations in the journal, the one that was used last first; `model.resume_session` goes on with one.

        Raises `InvalidOptionsError` when the worker keeps no journal, `SessionFileError` when the system does not let
        it be read, or `InvalidSessionFileError` when it is damaged. A conversation that cannot be read is left out, and
        logged.
        """
        return await asyncio.to_thread(self._journal().list)

    async def remove_session(self, session_id: str) -> None:
        """Forget a conversation of the journal for good. A session of that id that is still held stays as it is, but
        its next prompt raises `SessionConflictError`.

        Raises `InvalidOptionsError` when the worker keeps no journal, `SessionNotFoundError`, `SessionFileError`, or
        `InvalidSessionFileError`.
        """
        from ..conversation import check_text

        journal = self._journal()
        await asyncio.to_thread(journal.remove, check_text(session_id, "session_id"))

    async def _open_journal(self) -> None:
        """See that it can be written, wherever the program goes from here. Raises as `remove_session`."""
        if self._options.journal is not None:
            journal = self._journal()
            self._options = replace(self._options, journal=str(journal.path))
            await asyncio.to_thread(journal.prepare)

    def _journal(self) -> Journal:
        from .journals import journal_at  # few programs keep one

        return journal_at(self._options.journal)
