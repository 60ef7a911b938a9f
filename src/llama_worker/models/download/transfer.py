"""Moves one file from a server to its place: asks what there is, resumes or begins, verifies, renames."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from ...ending import in_thread_to_the_end
from ...errors import DownloadError, IntegrityError, InvalidModelError, LlamaWorkerError
from ...loggers import MODELS
from ..gguf.inspect import read_header
from ..store.journal import Journal
from .fetcher import Fetcher, Offer
from .filling import Filling
from .partial import Partial, explain_os_error
from .progress import Meter
from .remote import RemoteFile, StartAgain
from .retry import TransferSettings, retrying, wait_before_retry

_LARGEST_SEGMENT = 128 << 20
_SEGMENTS = 64


class Transfer:
    """One file on its way; the caller owns the target exclusively. `validator`: what its server calls its content."""

    def __init__(self, fetcher: Fetcher, file: RemoteFile, meter: Meter, settings: TransferSettings) -> None:
        self._fetcher = fetcher
        self._file = file
        self._meter = meter
        self._settings = settings
        self.validator: str | None = None

    async def run(self) -> None:
        """Fetch, verify and put in place; raises DownloadError, IntegrityError or ModelNotFoundError."""
        ranges = True
        for failures in range(self._settings.retries + 1):
            offer = await retrying(lambda: self._fetcher.probe(self._file.url, self._file.name), self._settings)
            try:
                return await self._attempt(offer, ranges and offer.ranges)
            except StartAgain as again:
                ranges = ranges and again.ranges
                await wait_before_retry(again.refused, failures, self._settings)
            except LlamaWorkerError:  # some of ours are also an OSError
                raise
            except OSError as error:
                raise explain_os_error(error, self._file.target.parent) from error

    async def _attempt(self, offer: Offer, ranges: bool) -> None:
        journal = self._new_journal(self._checked_size(offer), offer, ranges)
        self.validator = offer.validator
        partial = await _opened(self._file.target, journal)
        try:
            began, present = time.monotonic(), partial.written_bytes
            how = f"resumed at {present} of" if present else "begun,"
            MODELS.info("download of %s %s %d bytes", self._file.shown, how, journal.size_bytes)
            self._meter.learn_size(journal.size_bytes)
            self._meter.set_present(partial.written_bytes)
            filling = Filling(self._fetcher, self._file, partial, offer, self._meter, self._settings, ranges=ranges)
            await filling.run()
            await in_thread_to_the_end(lambda: self._complete(partial))
            seconds = time.monotonic() - began
            MODELS.info("download of %s complete: %d bytes in %.1f s", self._file.shown, journal.size_bytes, seconds)
        finally:
            await asyncio.shield(asyncio.to_thread(partial.close))

    def _complete(self, partial: Partial) -> None:
        """What no digest vouches for must at least be a sound GGUF file; an error page is not."""
        if self._file.digest is None:
            _check_header(self._file.name, partial.files.data, partial)
        partial.complete()

    def _checked_size(self, offer: Offer) -> int:
        name, wanted, size = self._file.name, self._file.size_bytes, offer.size_bytes
        if None not in (wanted, size) and size != wanted:
            message = f"{name} has {size} bytes on the server, not the promised {wanted}."
            raise IntegrityError(message, model=name)
        if size == 0:
            raise IntegrityError(f"{name} is empty on the server.", model=name)
        if size is None and wanted is None:
            raise DownloadError(f"The server does not tell the size of {name}; say it with --size.", model=name)
        return size or wanted or 0

    def _new_journal(self, size: int, offer: Offer, ranges: bool) -> Journal:
        """A file that cannot be continued gets a journal that says so: without any identity."""
        if not ranges:
            return Journal(self._file.name, self._file.url, size, size)
        segment = max(min(size // _SEGMENTS, _LARGEST_SEGMENT), self._settings.smallest_segment_bytes)
        return Journal(
            self._file.name, self._file.url, size, segment, self._file.digest, self._file.validator(offer.validator)
        )


async def _opened(target: Path, journal: Journal) -> Partial:
    """Being cancelled does not keep the thread from opening it; then it is closed again."""
    opening = asyncio.create_task(asyncio.to_thread(Partial.open, target, journal))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close)
        await asyncio.wait([opening])
        raise


def _close(opening: asyncio.Task[Partial]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _check_header(name: str, path: Path, partial: Partial) -> None:
    try:
        read_header(path)
    except InvalidModelError as error:
        partial.files.remove()
        reason = error.message.removeprefix(f"{path} ")
        raise IntegrityError(f"What was sent for {name} {reason}", model=name) from error
