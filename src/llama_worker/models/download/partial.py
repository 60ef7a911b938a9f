"""An open partial: bytes written at their final places, counted, flushed, hashed and at last renamed.

Every method touches the disk and is called in a thread. One thread writes to one segment at a time.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from ...errors import DownloadError
from ..store.journal import Journal, PartialFiles, boot_id
from ..whole_files import fsync_folder, write_atomic

_HASH_CHUNK = 1 << 20
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class _Hash(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...
    def hexdigest(self) -> str: ...


class Partial:
    """The unfinished bytes of one target; `position[i]` bytes of segment `i` are written."""

    def __init__(self, target: Path, journal: Journal) -> None:
        self.files = PartialFiles(target)
        self.journal = journal
        self.position = [*journal.flushed, *[0] * journal.segment_count()][: journal.segment_count()]
        self.resumed_bytes = sum(self.position)
        self._whole = 0
        self._flushing = threading.Lock()
        self._closing = threading.Lock()
        self._data = _open(self.files.data)
        self._descriptors: tuple[int, ...] = (self._data,)
        with self._closed_on_error():
            self._counters = _open(self.files.positions)
            self._descriptors = (self._data, self._counters)
            self._prepare()

    @classmethod
    def open(cls, target: Path, wanted: Journal) -> Partial:
        """Continue what is there when it is the same content, else begin anew; raises OSError or DownloadError."""
        files = PartialFiles(target)
        found = files.read()
        if found is not None and found.same_content(wanted):
            wanted.flushed, wanted.segment_bytes = found.flushed, found.segment_bytes
        else:
            files.remove()
        check_space(target.parent, wanted.size_bytes - sum(wanted.flushed))
        return cls(target, wanted)

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        os.ftruncate(self._data, self.journal.size_bytes)
        counters = b"".join(position.to_bytes(8, "little") for position in self.position)
        os.ftruncate(self._counters, len(counters))
        _write_at(self._counters, counters, 0)
        self.flush()

    def write(self, segment: int, data: bytes) -> None:
        """Append to a segment; a process that dies after this call loses nothing of it."""
        offset = segment * self.journal.segment_bytes + self.position[segment]
        view = memoryview(data)
        while view:
            written = _write_at(self._data, view, offset)
            offset, view = offset + written, view[written:]
        self.position[segment] += len(data)
        _write_at(self._counters, self.position[segment].to_bytes(8, "little"), 8 * segment)

    def is_done(self, segment: int) -> bool:
        """Whether all bytes of the segment are written."""
        return self.position[segment] == self.journal.segment_length(segment)

    @property
    def written_bytes(self) -> int:
        """The bytes of all segments."""
        return sum(self.position)

    @property
    def frontier(self) -> int:
        """The bytes from the beginning that are written without a gap."""
        count = self.journal.segment_count()
        while self._whole < count and self.is_done(self._whole):
            self._whole += 1
        if self._whole == count:
            return self.journal.size_bytes
        return self._whole * self.journal.segment_bytes + self.position[self._whole]

    def flush(self) -> None:
        """Bring what is written to the disk, then the journal that says so: resuming after a reboot relies on it."""
        with self._flushing:
            flushed = list(self.position)
            os.fsync(self._data)
            self.journal.flushed, self.journal.boot_id = flushed, boot_id()
            write_atomic(self.files.journal, msgspec.json.encode(self.journal))

    def hash_into(self, digest: _Hash, start: int, end: int) -> None:
        """Feed the bytes from `start` to `end` into a running hash."""
        while start < end:
            chunk = _read_at(self._data, min(_HASH_CHUNK, end - start), start)
            if not chunk:
                raise DownloadError(f"{self.files.data} became shorter while it was read; pull again.")
            digest.update(chunk)
            start += len(chunk)

    def complete(self) -> None:
        """Give the bytes their final name, at once and for good, and delete the sidecars."""
        os.fsync(self._data)
        self.close()
        self.files.data.replace(self.files.target)
        fsync_folder(self.files.target.parent)
        self.files.remove()

    def close(self) -> None:
        """Close the files; what was written stays. Twice is harmless."""
        with self._closing:
            descriptors, self._descriptors = self._descriptors, ()
        for descriptor in descriptors:
            os.close(descriptor)


def new_hash(digest: str, size_bytes: int) -> _Hash:
    """The running hash that a digest such as "sha256:..." or "git-sha1:..." is compared with."""
    if digest.startswith("git-sha1:"):
        return hashlib.sha1(b"blob %d\0" % size_bytes, usedforsecurity=False)
    return hashlib.sha256()


def check_space(folder: Path, needed_bytes: int) -> None:
    """Raise DownloadError when the disk has no room for so many bytes more."""
    free = shutil.disk_usage(folder).free
    if needed_bytes > free:
        raise no_space(folder, needed_bytes, free)


def no_space(folder: Path, needed_bytes: int, free_bytes: int) -> DownloadError:
    """The error that says how much room is missing."""
    missing = (needed_bytes - free_bytes) / 1e9
    message = f"The disk of {folder} is full: {missing:.2f} GB more are needed; free some space and pull again."
    return DownloadError(message, reason="disk_full")


def explain_os_error(error: OSError, folder: Path) -> DownloadError:
    """What a refusal of the file system means for a download."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = f"The disk of {folder} is full; free some space and pull again to resume."
        return DownloadError(message, reason="disk_full")
    if error.errno == errno.EFBIG:
        message = f"A file of that size is not allowed in {folder} (file system or `ulimit -f`)."
        return DownloadError(message, reason="disk_full")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        message = f"{folder} cannot be written to; set HF_HUB_CACHE to a folder that can."
        return DownloadError(message, reason="not_writable")
    return DownloadError(f"The file system refused to store the download in {folder}: {error.strerror}.")


if sys.platform == "win32":
    _seeking = threading.Lock()

    def _write_at(descriptor: int, data: bytes | memoryview, offset: int) -> int:
        with _seeking:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.write(descriptor, data)

    def _read_at(descriptor: int, length: int, offset: int) -> bytes:
        with _seeking:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, length)

else:

    def _write_at(descriptor: int, data: bytes | memoryview, offset: int) -> int:
        return os.pwrite(descriptor, data, offset)

    def _read_at(descriptor: int, length: int, offset: int) -> bytes:
        return os.pread(descriptor, length, offset)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o644)
