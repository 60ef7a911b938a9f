"""What of an unfinished download is on disk: the files beside a partial, and how far to believe them.

    <target>.partial         the bytes, at their final offsets
    <target>.partial.json    what is fetched, and how many bytes of each segment were flushed to the disk
    <target>.partial.pos     how many bytes of each segment were written, 8 bytes each, updated in place

After a crash of the process everything that was written is still in the operating system's hands, so `.pos` is right
to the byte; after a crash of the machine only what was flushed is sure, so `.json` decides. Which of the two happened
is told by the identity of the boot.
"""

from __future__ import annotations

import contextlib
import sys
from functools import cache
from pathlib import Path

import msgspec


class Journal(msgspec.Struct, rename="camel"):
    """The sidecar of a partial. `digest` is "sha256:..." or "git-sha1:...". `validator` is the ETag or date of a plain
    URL; files of the hub need none, since their digest is the name of the content.

    `flushed[i]` bytes of segment `i`, which begins at `i * segment_bytes`, are surely on the disk.
    """

    name: str
    url: str
    size_bytes: int
    segment_bytes: int
    digest: str | None = None
    validator: str | None = None
    flushed: list[int] = []
    boot_id: str = ""
    version: int = 1

    def same_content(self, other: Journal) -> bool:
        """Whether bytes fetched for `other` may be continued with bytes fetched for this one."""
        mine = (self.size_bytes, self.digest, self.validator)
        known = self.digest is not None or self.validator is not None
        return known and mine == (other.size_bytes, other.digest, other.validator)

    def segment_count(self) -> int:
        """The number of segments."""
        return -(-self.size_bytes // self.segment_bytes)

    def segment_length(self, index: int) -> int:
        """The bytes of segment `index`; the last one may be shorter."""
        return min(self.segment_bytes, self.size_bytes - index * self.segment_bytes)

    @property
    def downloaded_bytes(self) -> int:
        """The flushed bytes."""
        return sum(self.flushed)


class PartialFiles(msgspec.Struct, frozen=True):
    """The paths of a partial and its two sidecars."""

    target: Path

    @property
    def data(self) -> Path:
        """The bytes."""
        return self._beside(".partial")

    @property
    def journal(self) -> Path:
        """The JSON sidecar."""
        return self._beside(".partial.json")

    @property
    def positions(self) -> Path:
        """The counters."""
        return self._beside(".partial.pos")

    @property
    def owner(self) -> Path:
        """Says who is at it."""
        return self._beside(".partial.owner")

    def all(self) -> tuple[Path, Path, Path]:
        """The files that make up what was fetched."""
        return self.data, self.journal, self.positions

    def remove(self) -> None:
        """Delete what there is; the journal first, since the bytes are nothing without it."""
        for path in (self.journal, self.positions, self.data):
            path.unlink(missing_ok=True)

    def read(self) -> Journal | None:
        """The journal with `flushed` raised to what can be believed; None when there is nothing to continue."""
        try:
            journal = msgspec.json.decode(self.journal.read_bytes(), type=Journal)
            on_disk = self.data.stat().st_size
        except (OSError, msgspec.MsgspecError):
            return None
        if journal.version != 1 or journal.segment_bytes <= 0 or on_disk != journal.size_bytes:
            return None
        return self._believed(journal)

    def _believed(self, journal: Journal) -> Journal | None:
        count = journal.segment_count()
        flushed = (journal.flushed + [0] * count)[:count]
        written = self._read_positions(count) if journal.boot_id and journal.boot_id == boot_id() else []
        for index, position in enumerate(written):
            flushed[index] = max(flushed[index], position)
        sound = all(0 <= bytes_ <= journal.segment_length(i) for i, bytes_ in enumerate(flushed))
        return msgspec.structs.replace(journal, flushed=flushed) if sound else None

    def _read_positions(self, count: int) -> list[int]:
        try:
            raw = self.positions.read_bytes()
        except OSError:
            return []
        whole = len(raw) // 8 if len(raw) <= 8 * count else 0
        return [int.from_bytes(raw[8 * i : 8 * i + 8], "little") for i in range(whole)]

    def _beside(self, suffix: str) -> Path:
        return self.target.with_name(self.target.name + suffix)


@cache
def boot_id() -> str:
    """A text that changes with every start of the machine; empty where the system does not tell one."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""
