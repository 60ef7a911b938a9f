"""A file that is to be fetched."""

from __future__ import annotations

from pathlib import Path

import msgspec

from .retry import RetryLater


class RemoteFile(msgspec.Struct, frozen=True):
    """One file to fetch; `digest` and `size_bytes` are what it must have, None where nobody knows."""

    name: str
    url: str
    target: Path
    lock: Path
    size_bytes: int | None = None
    digest: str | None = None
    link: Path | None = None

    def validator(self, offered: str | None) -> str | None:
        """What must stay the same during and between transfers.

        None for files of the hub: they are named by their content, and its mirrors may disagree about ETags.
        """
        return None if self.link else offered


class StartAgain(Exception):
    """Raised inside a transfer when it cannot go on with the bytes it has; without `ranges` in one stream only."""

    def __init__(self, refused: RetryLater, *, ranges: bool) -> None:
        super().__init__(str(refused))
        self.refused = refused
        self.ranges = ranges
