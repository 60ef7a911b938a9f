"""Where a worker lives: its locks, queues and connections are of use in one event loop of one process only."""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import socket
import sys
import weakref
from collections.abc import Callable

from ..errors import WorkerClosedError

_loops: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()


class Home:
    """The event loop in which something was first used, until `leave`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0

    @property
    def lost(self) -> bool:
        """Whether that loop has ended, or runs in the process that was forked to make this one."""
        if self._loop is None:
            return False
        if self._loop.is_closed() or self._process != os.getpid():
            return True
        return running_loop() not in (None, self._loop) and not self._loop.is_running()

    def enter(self) -> None:
        """Live in the running event loop. Raises `WorkerClosedError` when it lives in another one."""
        loop = running_loop()
        if self._loop is None:
            self._loop, self._process = loop, os.getpid()
            if loop is not None:
                _loops.add(loop)
        elif loop not in (None, self._loop):
            raise WorkerClosedError("The worker belongs to another event loop: use it there, or make a new one.")

    def move_in(self, abandon: Callable[[], object]) -> None:
        """As `enter`, but from a loop that is lost it moves to this one, after `abandon` has left it."""
        if self.lost:
            abandon()
        self.enter()

    def leave(self) -> None:
        self._loop = None


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in this thread, None without one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _separate_all() -> None:
    for loop in _loops:
        selector = getattr(loop, "_selector", None)
        if not loop.is_closed() and isinstance(selector, selectors.EpollSelector):
            _separate_wakeup(getattr(loop, "_ssock", None), getattr(loop, "_csock", None))
            _separate(selector)


def _separate(selector: selectors.EpollSelector) -> None:
    """Give a forked child a selector of its own.

    asyncio lets it share that of its parent, whose event loop then hangs after a `sys.exit()` in the child: on its
    way out that child stops watching everything, for both.
    """
    import select

    with select.epoll() as own:
        for key in selector.get_map().values():
            reads, writes = key.events & selectors.EVENT_READ, key.events & selectors.EVENT_WRITE
            with contextlib.suppress(OSError):
                own.register(key.fd, (select.EPOLLIN if reads else 0) | (select.EPOLLOUT if writes else 0))
        os.dup2(own.fileno(), selector.fileno(), inheritable=False)


def _separate_wakeup(reader: socket.socket | None, writer: socket.socket | None) -> None:
    """The same for the sockets with which other threads wake the loop."""
    if reader is None or writer is None:
        return
    for own, shared in zip(socket.socketpair(), (reader, writer), strict=True):
        with own:
            own.setblocking(False)
            os.dup2(own.fileno(), shared.fileno(), inheritable=False)


if sys.platform == "linux":
    os.register_at_fork(after_in_child=_separate_all)
