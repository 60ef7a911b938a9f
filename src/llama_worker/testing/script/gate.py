"""A place in an answer where it waits until a test lets it go on, so that no test has to wait for a time."""

from __future__ import annotations

import asyncio
import threading


class Gate:
    """Stands between two pieces of a reply: what is before it has come, what is behind it comes after `open()`.

    It may be opened from any thread, and stays open.
    """

    def __init__(self) -> None:
        self._open = threading.Event()
        self._reached = threading.Event()
        self._changed: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._lock = threading.Lock()

    def open(self) -> None:
        """Let the answer go on."""
        self._set(self._open)

    @property
    def is_reached(self) -> bool:
        """Whether an answer waits here, or has waited."""
        return self._reached.is_set()

    async def reached(self) -> None:
        """Return when an answer waits here."""
        await self._until(self._reached)

    def wait_reached(self, timeout: float | None = None) -> bool:
        """The same without async: wait at most `timeout` seconds (default: for ever); gives whether it is so."""
        return self._reached.wait(timeout)

    async def passed(self) -> None:
        """For the fake engine: wait here."""
        self._set(self._reached)
        await self._until(self._open)

    def _set(self, event: threading.Event) -> None:
        with self._lock:
            event.set()
            for loop, changed in self._changed:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(changed.set)

    async def _until(self, event: threading.Event) -> None:
        changed = asyncio.Event()
        entry = (asyncio.get_running_loop(), changed)
        with self._lock:
            self._changed.append(entry)
        try:
            while not event.is_set():
                await changed.wait()
                changed.clear()
        finally:
            with self._lock:
                self._changed.remove(entry)
