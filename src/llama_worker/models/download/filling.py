"""Fills a partial: several ranges at a time, each retried on its own, hashed as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

import aiohttp

from ...errors import DownloadError, IntegrityError
from .fetcher import Fetcher, Offer, parse_content_range, validator_of
from .partial import Partial, new_hash
from .progress import Meter
from .remote import RemoteFile, StartAgain
from .retry import RetryLater, TransferSettings, wait_before_retry

Result = TypeVar("Result")
_FLUSH_SECONDS = 2.0
_HASH_STEP = 8 << 20


class Filling:
    """One pass over one file. `offer` is what the server has; without `ranges` it comes in one stream."""

    def __init__(
        self,
        fetcher: Fetcher,
        file: RemoteFile,
        partial: Partial,
        offer: Offer,
        meter: Meter,
        settings: TransferSettings,
        *,
        ranges: bool,
    ) -> None:
        self._fetcher = fetcher
        self._file = file
        self._partial = partial
        self._validator = file.validator(offer.validator)
        self._meter = meter
        self._settings = settings
        self._ranges = ranges
        self._size = partial.journal.size_bytes
        self._threads = ThreadPoolExecutor(settings.streams + 2, thread_name_prefix="llama-worker-download")
        self._arrived = asyncio.Event()

    async def run(self) -> None:
        """Fetch what is missing and verify all; raises StartAgain, DownloadError or IntegrityError."""
        waiting = [index for index in range(len(self._partial.position)) if not self._partial.is_done(index)]
        segments = iter(waiting)
        streams = min(self._settings.streams, len(waiting))
        fetching = [self._fetch_segments(segments) for _ in range(streams)]
        try:
            await together([*fetching, self._verify()], meanwhile=self._flush_regularly())
        finally:
            await asyncio.shield(asyncio.to_thread(self._threads.shutdown))  # writes that were left running count

    async def _fetch_segments(self, segments: Iterator[int]) -> None:
        for segment in segments:
            failures = 0
            while not self._partial.is_done(segment):
                before = self._partial.position[segment]
                try:
                    await self._fetch_range(segment)
                except RetryLater as refused:
                    if not self._ranges or refused.error.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                        raise StartAgain(refused, ranges=True) from refused
                    failures = 0 if self._partial.position[segment] > before else failures
                    await wait_before_retry(refused, failures, self._settings)
                    failures += 1

    async def _fetch_range(self, segment: int) -> None:
        start = segment * self._partial.journal.segment_bytes + self._partial.position[segment]
        end = segment * self._partial.journal.segment_bytes + self._partial.journal.segment_length(segment)
        headers = {"Range": f"bytes={start}-{end - 1}"} if self._ranges else {}
        if self._ranges and self._validator:
            headers["If-Range"] = self._validator
        async with self._fetcher.get(self._file.url, self._file.name, headers) as response:
            self._check_answer(response, start if self._ranges else None)
            missing = await self._copy(response, segment, end - start)
        if missing:
            raise self._later("ended the transfer early")

    def _check_answer(self, response: aiohttp.ClientResponse, start: int | None) -> None:
        """Refuse bytes that are not those asked for: another content, or all of it in place of a range."""
        same = self._validator is None or validator_of(response) == self._validator
        content_range = parse_content_range(response)
        if start is None:
            expected = same and response.content_length in (self._size, None)
        else:
            expected = (
                same and content_range is not None and (content_range[0], content_range[2]) == (start, self._size)
            )
        if not expected:
            ranges_ignored = same and start is not None and content_range is None
            what = "does not serve ranges" if ranges_ignored else "has changed the file"
            raise StartAgain(self._later(what), ranges=not ranges_ignored)

    async def _copy(self, response: aiohttp.ClientResponse, segment: int, missing: int) -> int:
        """Write what arrives as soon as it arrives; return how many of the `missing` bytes did not."""
        while missing:
            data = (await response.content.readany())[:missing]
            if not data:
                break
            await self._in_thread(self._partial.write, segment, data)
            missing -= len(data)
            self._meter.add_received(len(data))
            self._arrived.set()
        return missing

    async def _verify(self) -> None:
        if self._file.digest is None:
            return
        digest, done, size = new_hash(self._file.digest, self._size), 0, self._size
        while done < size:
            frontier = self._partial.frontier
            if frontier == size or frontier - done >= _HASH_STEP:
                end = min(frontier, done + _HASH_STEP)
                await self._in_thread(self._partial.hash_into, digest, done, end)
                done = end
            else:
                self._arrived.clear()
                await self._arrived.wait()
        if digest.hexdigest() != self._file.digest.partition(":")[2]:
            await self._reject()

    async def _reject(self) -> None:
        """Throw wrong bytes away; when some were there before, the fault may be ours, so fetch all once more."""
        await self._in_thread(self._partial.files.remove)
        message = f"{self._file.name} did not arrive as promised (its digest is wrong); nothing of it was kept."
        error = IntegrityError(message, model=self._file.name)
        if self._partial.resumed_bytes:
            raise StartAgain(RetryLater(error), ranges=True)
        raise error

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await self._in_thread(self._partial.flush)

    def _later(self, what: str) -> RetryLater:
        message = f"The server {what} while {self._file.name} was fetched; pull again to resume."
        return RetryLater(DownloadError(message, reason="server", model=self._file.name))

    async def _in_thread(self, work: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


async def together(work: Iterable[Coroutine[None, None, None]], meanwhile: Coroutine[None, None, None]) -> None:
    """Run all `work` at once, and `meanwhile` beside it; the first error ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(meanwhile)
            await asyncio.wait([group.create_task(item) for item in work])
            beside.cancel()
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors.exceptions[0].__cause__
