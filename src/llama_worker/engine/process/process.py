"""One child process, seen from the event loop: start it, take what it prints, notice its end, end it.

Cousin of anyio's `to_process` worker, for a process that runs a server and not a function.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable

from ..devices.placement import PlacementReader
from ..shortage import kills_for_memory
from .activity import Activity
from .ahead import take
from .connecting import connect
from .endpoint import Endpoint
from .keeper import Attendant, Keeper
from .log_tail import LogTail

_LONGEST_STATE_LINE = 1 << 20
_GRACE = 2.0


class EngineProcess:
    """A started engine process. `ended` is done as soon as the process is gone, or its event loop is.

    `told` is written to its standard input, `on_line` gets each line of its standard output. End it with `stop` or
    `kill`, which also remove its socket and directory. Raises OSError when it cannot be started.
    """

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        endpoint: Endpoint,
        on_line: Callable[[bytes], None],
        told: bytes = b"",
    ) -> None:
        self._endpoint = endpoint
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._gone = asyncio.Event()
        self.placement = PlacementReader()
        self.log = LogTail(on_line=self.placement.take)
        self._kills_before = kills_for_memory()
        self._keeper = take(arguments, environment) or Keeper(arguments, environment)
        self._keeper.attend(
            Attendant(self._take_output, self.log.feed, on_end=lambda: self._in_loop(self._gone.set), told=told)
        )
        self._activity = Activity(self.pid)
        self.ended = asyncio.create_task(self._run(), name=f"engine {self.pid}")
        _running.add(self)

    @property
    def directory(self) -> str:
        """The directory that belongs to the process and is removed with it."""
        return self._endpoint.directory

    @property
    def pid(self) -> int:
        return self._keeper.pid

    async def connect(self, protocol: asyncio.BufferedProtocol) -> None:
        """A connection to the server in it, over its Unix socket or loopback. Raises OSError."""
        await connect(self._endpoint, protocol)

    def computes(self) -> bool:
        """Whether it computes now, as far as one can tell from outside."""
        return self._activity.busy()

    @property
    def closed_output(self) -> bool:
        """Whether it was ended because it had closed its output."""
        return self._keeper.closed_output

    @property
    def exit_code(self) -> int | None:
        """None while it runs and after a signal."""
        code = self._keeper.returncode
        return code if code is not None and code >= 0 else None

    @property
    def signal_name(self) -> str | None:
        """The name of the signal that ended it, or None."""
        code = self._keeper.returncode
        if code is None or code >= 0:
            return None
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    @property
    def killed_for_memory(self) -> bool:
        """Whether the system killed it, having run out of memory."""
        return self.signal_name == "SIGKILL" and kills_for_memory() > self._kills_before

    async def stop(self) -> None:
        """Let it leave by itself (its input ends); kill it when it has not after 2 seconds."""
        self._keeper.close_input()
        await asyncio.wait([self.ended], timeout=_GRACE)
        await self.kill()

    async def kill(self) -> None:
        """End it now and wait until it is gone; harmless when it is gone already."""
        self._keeper.kill()
        # Shielded: whoever gives up waiting must not leave a half-ended process behind.
        await asyncio.shield(self.ended)

    def end_now(self) -> None:
        """End it and remove what belongs to it; for when there is no time, or no event loop, to wait in."""
        self._keeper.kill()
        _running.discard(self)
        self._endpoint.remove()

    def disown(self) -> None:
        """Let go of it in a forked copy of the program: while the copy had its input open it would not end."""
        self._keeper.close_input()

    async def _run(self) -> None:
        """Its life; cancelled when the loop ends, which nobody may then wait for."""
        try:
            await self._gone.wait()
        finally:
            self.end_now()
            self.log.close()

    def _take_output(self, data: bytes) -> None:
        """Called in a thread. It waits until the loop has taken the lines, so that a flood stays in the pipe."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest if len(rest) <= _LONGEST_STATE_LINE else b""
        taken = threading.Event()
        if lines and self._in_loop(self._take_lines, lines, taken):
            taken.wait(_GRACE)

    def _take_lines(self, lines: list[bytes], taken: threading.Event) -> None:
        taken.set()
        for line in lines:
            self._on_line(line)

    def _in_loop(self, callback: Callable[..., object], *arguments: object) -> bool:
        """Have the loop call it; False when the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            return False
        return True


_running: set[EngineProcess] = set()


@atexit.register
def _end_all() -> None:
    """For a program that ends without `cleanup()`: nothing stays behind."""
    for process in list(_running):
        process.end_now()


def _disown_all() -> None:
    """What a forked copy of the program does at its exit is not for the engines of the program."""
    for process in _running:
        process.disown()
    _running.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_disown_all)
