"""Exclusive ownership of one target, across processes and across bad file systems.

A lock file is taken first; huggingface_hub takes the same one. Since `flock` silently succeeds on some cluster file
systems, an owner file is then created exclusively, and its owner keeps its date fresh.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from .journal import boot_id

_POLL_SECONDS = 0.1
_BEAT_SECONDS = 5.0
STALE_SECONDS = 30.0


class Owner(msgspec.Struct, frozen=True):
    """Who is downloading."""

    pid: int
    host: str
    boot_id: str
    birth: str
    token: str

    def is_gone(self, path: Path) -> bool:
        """Whether the owner has died: its process is no more, or its file was not kept fresh."""
        here = self.host == socket.gethostname() and self.boot_id == boot_id()
        if here and sys.platform != "win32" and not _is_alive(self.pid, self.birth):
            return True
        try:
            return time.time() - path.stat().st_mtime > STALE_SECONDS
        except FileNotFoundError:
            return False


class Ownership:
    """`async with` waits until the target is ours alone; `on_wait` is awaited again and again while another has it."""

    def __init__(self, lock: Path, owner_file: Path, on_wait: Callable[[], Awaitable[None]]) -> None:
        from filelock import FileLock

        self._lock = FileLock(lock, thread_local=False, timeout=0)
        self._owner_file = owner_file
        self._on_wait = on_wait
        self._owner = Owner(os.getpid(), socket.gethostname(), boot_id(), process_birth(os.getpid()), uuid.uuid4().hex)
        self._beat: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        while not await self._attempt():
            await self._on_wait()
            await asyncio.sleep(_POLL_SECONDS)
        self._beat = asyncio.create_task(self._keep_fresh())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beat is not None:
            self._beat.cancel()
        await asyncio.shield(asyncio.to_thread(self._release))

    async def _attempt(self) -> bool:
        """Try once; a thread cannot be interrupted, so being cancelled waits for it and gives back what it got."""
        attempt = asyncio.ensure_future(asyncio.to_thread(self._try_to_own))
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            if await attempt:
                await asyncio.to_thread(self._release)
            raise

    def _try_to_own(self) -> bool:
        Path(self._lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        self._owner_file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except TimeoutError:
            return False
        if self._create_owner_file():
            return True
        self._lock.release()
        return False

    def _create_owner_file(self) -> bool:
        try:
            with self._owner_file.open("xb") as file:
                file.write(msgspec.json.encode(self._owner))
            return True
        except FileExistsError:
            self._clear_if_stale()
            return False

    def _clear_if_stale(self) -> None:
        """Move a dead owner's file away; whoever moves it first has the next try."""
        if is_owned(self._owner_file):
            return
        aside = self._owner_file.with_name(f"{self._owner_file.name}.{self._owner.token}")
        try:
            self._owner_file.rename(aside)
        except FileNotFoundError:
            return
        aside.unlink(missing_ok=True)

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            await asyncio.to_thread(self._touch)

    def _touch(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if read_owner(self._owner_file) == self._owner:
                os.utime(self._owner_file)

    def _release(self) -> None:
        if read_owner(self._owner_file) == self._owner:
            self._owner_file.unlink(missing_ok=True)
        self._lock.release()


def read_owner(path: Path) -> Owner | None:
    """The owner that the file names; None when there is none or it is being written."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Owner)
    except (OSError, msgspec.MsgspecError):
        return None


def is_owned(path: Path) -> bool:
    """Whether a living process owns the target; an unreadable file counts until it is stale."""
    owner = read_owner(path)
    if owner is not None:
        return not owner.is_gone(path)
    try:
        return time.time() - path.stat().st_mtime <= STALE_SECONDS
    except FileNotFoundError:
        return False


def _is_alive(pid: int, birth: str) -> bool:
    """Whether that very process runs: a zombie does not, nor does a younger one with the same number."""
    if birth:
        return process_birth(pid) == birth
    import psutil

    return psutil.pid_exists(pid)


def process_birth(pid: int) -> str:
    """When the process began, in the kernel's ticks since boot; empty for a zombie, and outside Linux."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
