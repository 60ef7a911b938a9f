"""One child process: start it, read what it prints, notice its end, end it.

Cousin of anyio's `to_process` worker, for a process that runs a server and not a function.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import signal
import sys
from collections.abc import Callable
from typing import Self

from .endpoint import Endpoint
from .log_tail import LogTail

_READ_SIZE = 65536
_LONGEST_STATE_LINE = 1 << 20
_GRACE = 2.0


class EngineProcess:
    """A started engine process. `ended` is done as soon as the process is gone, or has closed its output.

    Create it with `start`; end it with `stop` or `kill`, which also remove its socket and directory.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, endpoint: Endpoint, on_line: Callable[[bytes], None]
    ) -> None:
        self._process = process
        self._endpoint = endpoint
        self._on_line = on_line
        self.log = LogTail()
        self.closed_output = False
        self.ended = asyncio.create_task(self._run(), name=f"engine {process.pid}")
        _running.add(self)

    @classmethod
    async def start(
        cls,
        arguments: list[str],
        environment: dict[str, str],
        endpoint: Endpoint,
        on_line: Callable[[bytes], None],
    ) -> Self:
        """Start the process; `on_line` gets each line of its standard output. Raises OSError when it cannot."""
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            # Ctrl-C in the terminal is for the program, not for its engine.
            start_new_session=sys.platform != "win32",
        )
        return cls(process, endpoint, on_line)

    @property
    def directory(self) -> str:
        """The directory that belongs to the process and is removed with it."""
        return self._endpoint.directory

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs and after a signal."""
        code = self._process.returncode
        return code if code is not None and code >= 0 else None

    @property
    def signal_name(self) -> str | None:
        """The name of the signal that ended it, or None."""
        code = self._process.returncode
        if code is None or code >= 0:
            return None
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    async def stop(self) -> None:
        """Let it leave by itself (its input ends); kill it when it has not after 2 seconds."""
        if self._process.stdin:
            self._process.stdin.close()
        await asyncio.wait([self.ended], timeout=_GRACE)
        await self.kill()

    async def kill(self) -> None:
        """End it now and wait until it is gone; harmless when it is gone already."""
        self._kill_now()
        # Shielded: whoever gives up waiting must not leave a half-ended process behind.
        await asyncio.shield(self.ended)

    def _kill_now(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _run(self) -> None:
        try:
            await asyncio.gather(self._read_output(), self._read_log())
            await self._process.wait()
        finally:
            self._close_now()

    def _close_now(self) -> None:
        self._kill_now()
        _running.discard(self)
        self.log.close()
        if self._process.stdin:
            self._process.stdin.close()
        self._endpoint.remove()

    async def _read_output(self) -> None:
        """Feed lines to `on_line`. A process that closes its output is beyond our control, so it is ended."""
        stream = self._process.stdout
        assert stream is not None
        rest = b""
        while data := await stream.read(_READ_SIZE):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._on_line(line)
            rest = rest if len(rest) <= _LONGEST_STATE_LINE else b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await self._process.wait()
        self.closed_output = self._process.returncode is None
        self._kill_now()

    async def _read_log(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        while data := await stream.read(_READ_SIZE):
            self.log.feed(data)


_running: set[EngineProcess] = set()


@atexit.register
def _end_all() -> None:
    """For a program that ends without `cleanup()`: nothing stays behind."""
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError, OSError):
            process._process.kill()
        process._endpoint.remove()
