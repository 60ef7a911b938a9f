"""The threads behind an engine process: one starts it and stays until it is gone, two read what it prints.

Not asyncio's subprocesses: on Linux a child is told to end with the *thread* that started it (`child.py`), which for
them is whichever runs the event loop then.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO

_READ_SIZE = 65536
_GRACE = 2.0


class Keeper:
    """A started child process. The callbacks are called in threads, `on_end` once, after the last output.

    Raises OSError when the process cannot be started.
    """

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        *,
        on_output: Callable[[bytes], None],
        on_log: Callable[[bytes], None],
        on_end: Callable[[], object],
    ) -> None:
        self._on_output = on_output
        self._on_log = on_log
        self._on_end = on_end
        self._owner = os.getpid()
        self._gone = threading.Event()
        self.closed_output = False
        started: Future[None] = Future()
        # A daemon, as it must not keep a program from ending that never cleans up.
        threading.Thread(target=self._keep, args=(arguments, environment, started), daemon=True).start()
        started.result()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """As of `Popen`: None while it runs, negative after a signal."""
        return self._process.returncode

    def close_input(self) -> None:
        """Tell the process that nobody needs it any more."""
        if self._process.stdin:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it now; harmless when it is gone, and in a forked copy of the program, whose process it is not."""
        if self._owner == os.getpid() and not self._gone.is_set():
            with contextlib.suppress(OSError):
                self._process.kill()

    def wait(self, timeout: float) -> bool:
        """Wait until it is gone; whether it is."""
        return self._gone.wait(timeout)

    def _keep(self, arguments: list[str], environment: dict[str, str], started: Future[None]) -> None:
        try:
            self._process = process = _spawn(arguments, environment)
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(None)
        readers = [
            threading.Thread(target=read, args=(stream,), daemon=True)
            for read, stream in ((self._read_output, process.stdout), (self._read_log, process.stderr))
        ]
        for reader in readers:
            reader.start()
        process.wait()
        self._gone.set()
        for reader in readers:
            reader.join(_GRACE)  # what the process itself started may still hold its pipes
        self.close_input()
        self._on_end()

    def _read_output(self, stream: IO[bytes]) -> None:
        """A process that closes its output is beyond our control, so it is ended."""
        _read(stream, self._on_output)
        if not self._gone.wait(_GRACE):
            self.closed_output = True
            self.kill()

    def _read_log(self, stream: IO[bytes]) -> None:
        _read(stream, self._on_log)


def _spawn(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        # Ctrl-C in the terminal is for the program, not for its engine.
        start_new_session=sys.platform != "win32",
    )


def _read(stream: IO[bytes], take: Callable[[bytes], None]) -> None:
    with stream:
        while data := stream.read(_READ_SIZE):
            take(data)
