"""Which journal a model's sessions are kept in, if any."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ...errors import InvalidOptionsError
from ...loggers import OPERATIONS
from ...models.store.files import ModelFiles
from ...options.plain import expanded
from ..chat.fingerprint import Fingerprint, check_fingerprint, fingerprint
from .entry import Entry, Known

if TYPE_CHECKING:
    from .journal import Journal


def journal_at(path: str | None) -> Journal:
    """The journal that a worker was given. Raises `InvalidOptionsError` when it was given none."""
    if path is None:
        raise InvalidOptionsError("This worker keeps no journal: LlamaWorker(journal=path) does.", path="journal")
    from .journal import Journal  # with sqlite3, which few programs need

    try:
        return Journal(expanded(path).absolute())
    except OSError as error:
        raise InvalidOptionsError(
            f"There is no place for the journal {path}: {error.strerror}.", path="journal"
        ) from error


class ModelJournal:
    """The journal of the worker that loaded a model, None without one, and what is being written to it."""

    def __init__(self, path: str | None, files: ModelFiles) -> None:
        self.journal = journal_at(path) if path is not None else None
        self._files = files
        self._fingerprint: Fingerprint | None = None
        self._writing: set[asyncio.Task[None]] = set()

    async def fingerprint(self) -> Fingerprint:
        """Of the model, as entries name it."""
        if self._fingerprint is None:
            self._fingerprint = await asyncio.to_thread(fingerprint, self._files)
        return self._fingerprint

    async def read(self, session_id: str, *, any_model: bool) -> tuple[Entry, Known]:
        """An entry. Raises `InvalidOptionsError` without a journal, `SessionNotFoundError`, `SessionFileError`, and
        `InvalidSessionFileError` when it is of another model than this, unless that is allowed."""
        journal = self.journal or journal_at(None)
        entry, known = await asyncio.to_thread(journal.read, session_id)
        where = f"conversation {session_id} in {journal}"
        check_fingerprint(entry.model, await self.fingerprint(), where, any_model=any_model)
        return entry, known

    def watch(self, writing: asyncio.Task[None]) -> None:
        """Own a task that writes, until it ends; a failure is logged, for nobody else may be left to see it."""
        self._writing.add(writing)
        writing.add_done_callback(self._ended)

    async def written(self) -> None:
        """Return when nothing is being written any more."""
        while here := [task for task in self._writing if task.get_loop() is asyncio.get_running_loop()]:
            await asyncio.wait(here)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._writing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            OPERATIONS.warning("A conversation could not be written to %s: %s", self.journal, error)
