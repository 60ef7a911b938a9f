"""Bounded retries with back-off, the same for metadata and for bytes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from ...errors import DownloadError

Result = TypeVar("Result")


class RetryLater(Exception):
    """Raised for refusals that may pass; `after` is what the server asked for, in seconds."""

    def __init__(self, error: DownloadError, after: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.after = after


class TransferSettings(msgspec.Struct, frozen=True):
    """How to transfer: `streams` ranges at a time; after `retries` failures without a new byte a file is given up.

    `smallest_segment_bytes` is the size of a range, larger ones are used for files above 64 of it; `stall_seconds`
    without a byte is a failure; waits begin at `backoff_seconds`, double, and end at
    `longest_wait_seconds`, which also bounds what a server may ask for.
    """

    streams: int = 4
    smallest_segment_bytes: int = 8 << 20
    retries: int = 5
    backoff_seconds: float = 0.5
    longest_wait_seconds: float = 60.0
    stall_seconds: float = 30.0


async def retrying(work: Callable[[], Awaitable[Result]], settings: TransferSettings) -> Result:
    """The result of `work`, which is repeated while it raises RetryLater; raises the last error."""
    for attempt in range(settings.retries + 1):
        try:
            return await work()
        except RetryLater as refused:
            await wait_before_retry(refused, attempt, settings)
    raise AssertionError("wait_before_retry raises after the last attempt")


async def wait_before_retry(refused: RetryLater, attempt: int, settings: TransferSettings) -> None:
    """Sleep before attempt `attempt + 1`; raises the error itself when no attempt is left."""
    asked = refused.after or 0.0
    if attempt >= settings.retries or asked > settings.longest_wait_seconds:
        raise refused.error from refused.__cause__
    backoff = settings.backoff_seconds * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311
    await asyncio.sleep(max(asked, min(backoff, settings.longest_wait_seconds)))
